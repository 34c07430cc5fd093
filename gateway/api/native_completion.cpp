#include "api/native_completion.hpp"

#include "api/chat_message.hpp"
#include "api/usage_json.hpp"
#include "core/json.hpp"
#include "core/sse.hpp"

namespace sluice {
namespace {

/// What has to be put in the place of the members that do not serve.
json::Edits edits_of(const ChatResponse& response, const AnswerFacts& facts)
{
    const auto& form = response.form;
    json::Edits edits;
    if (!form.id)
        edits.put(
            "id",
            json::quoted(response.id.empty() ? concat("chatcmpl-", facts.request_id) : response.id)
        );
    if (!form.object) edits.put("object", R"("chat.completion")");
    if (!form.created)
        edits.put("created", std::to_string(response.created ? response.created : facts.created));
    if (!form.model)
        edits.put("model", json::quoted(response.model.empty() ? facts.model : response.model));
    if (!form.choices) {
        std::string choices;
        append_choices(choices, response);
        edits.put("choices", choices);
    }
    if (!form.usage && response.usage) edits.put("usage", usage_json(*response.usage));
    return edits;
}

}  // namespace

bool serves_as_it_came(const ChatDelta& delta, bool opening)
{
    const auto& form = delta.form;
    if (!delta.native || !(form.id && form.object && form.created && form.model && form.choices))
        return false;
    const auto& data = delta.native->data;
    const bool one_line = find_line_end(data, 0) == data.size();
    return one_line && (form.role || !opening);
}

void append_native_chunk(std::string& out, const ChatDelta& delta)
{
    const std::string_view data = delta.native->data;
    std::size_t copied = 0;
    for (const auto& cut : delta.unwanted) {
        out.append(data.substr(copied, cut.begin - copied));
        copied = cut.end;
    }
    out.append(data.substr(copied));
}

std::string with_usage(std::string chunk, std::string_view usage)
{
    if (usage.empty()) return chunk;
    // Behind the last member, which is there: white space and the object's end may follow it.
    const auto end = chunk.find_last_not_of(" \t", chunk.rfind('}') - 1) + 1;
    return chunk.insert(end, concat(R"(,"usage":)", usage));
}

std::string native_completion(ChatResponse&& response, const AnswerFacts& facts)
{
    if (response.form.serves()) return std::move(response.native);
    const auto document = json::Document::parse(response.native);
    return document ? document->spliced(edits_of(response, facts)) : std::move(response.native);
}

}  // namespace sluice
