#include "api/responses_form.hpp"

#include <utility>

namespace sluice {

/// Names the response by what the provider says, as far as it does.
void ResponsesForm::name(const std::string& model, std::int64_t created)
{
    object_.name(
        new_id_("resp_"),
        model.empty() ? std::string(facts_.model) : model,
        created ? created : facts_.created
    );
}

std::string ResponsesForm::whole(ChatResponse&& response, const AnswerFacts& facts)
{
    facts_ = facts;
    name(response.model, response.created);
    if (!response.native.empty()) return response_ = object_.adopted(response.native);
    const auto& choice = response.choices.front();
    const auto items = output_of(choice, new_id_);
    return response_ =
               object_.text(end_state(items, choice.finish, response.usage.value_or(Usage{})));
}

void ResponsesForm::begin(std::string&, AnswerFacts facts)
{
    facts_ = std::move(facts);
}

void ResponsesForm::open(std::string& out, const ChatDelta& first)
{
    name(first.model, first.created);
    if (first.native) {
        native_.emplace(object_);
    } else {
        events_.emplace(object_, new_id_);
        events_->open(out);
    }
}

void ResponsesForm::append(std::string& out, const ChatDelta& delta)
{
    if (!events_ && !native_) open(out, delta);
    if (native_ && delta.native) native_->append(out, *delta.native);
    if (events_)
        for (const auto& choice : delta.choices) events_->append(out, choice);
}

void ResponsesForm::finish(std::string& out, const Usage& usage)
{
    if (!events_ && !native_) open(out, {});
    response_ = native_ ? native_->finish(out) : events_->finish(out, usage);
}

void ResponsesForm::fail(std::string& out, const Error& error)
{
    if (!events_ && !native_) open(out, {});
    response_.clear();
    if (native_)
        native_->fail(out, error);
    else
        events_->fail(out, error);
}

}  // namespace sluice
