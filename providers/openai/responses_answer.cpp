#include "providers/openai/responses_answer.hpp"

#include "core/json.hpp"
#include "providers/openai_dialect/usage.hpp"
#include "providers/tree.hpp"

#include <utility>

namespace sluice::openai {
namespace {

using boost::json::array;
using boost::json::object;
using tree::array_at;
using tree::object_in;
using tree::string_at;

/// The texts of a list of parts, a blank line between two.
void append_paragraphs(std::string& out, const array& parts)
{
    for (const auto& part : parts) {
        const auto text = string_at(object_in(part), "text");
        if (!out.empty() && !text.empty()) out += "\n\n";
        out += text;
    }
}

void add_message(const object& item, Choice& choice, array& logprobs)
{
    for (const auto& element : array_at(item, "content")) {
        const auto& part = object_in(element);
        if (string_at(part, "type") == "output_text") {
            if (!choice.content) choice.content.emplace();
            *choice.content += string_at(part, "text");
            const auto& more = array_at(part, "logprobs");
            logprobs.insert(logprobs.end(), more.begin(), more.end());
        } else if (string_at(part, "type") == "refusal") {
            if (!choice.refusal) choice.refusal.emplace();
            *choice.refusal += string_at(part, "refusal");
        }
    }
}

void add_item(const object& item, Choice& choice, array& logprobs)
{
    const auto type = string_at(item, "type");
    if (type == "message") {
        add_message(item, choice, logprobs);
    } else if (type == "reasoning") {
        append_paragraphs(choice.reasoning, array_at(item, "summary"));
        append_paragraphs(choice.reasoning, array_at(item, "content"));
    } else if (type == "function_call" || type == "custom_tool_call") {
        const bool custom = type == "custom_tool_call";
        choice.tool_calls.push_back({
            .id = std::string(string_at(item, "call_id")),
            .name = std::string(string_at(item, "name")),
            .arguments = std::string(string_at(item, custom ? "input" : "arguments")),
            .custom = custom,
        });
    }
}

}  // namespace

FinishReason finish_of(const object& response, bool has_calls)
{
    if (string_at(response, "status") == "incomplete") {
        const auto reason = string_at(tree::object_at(response, "incomplete_details"), "reason");
        if (reason == "max_output_tokens") return FinishReason::length;
        if (reason == "content_filter") return FinishReason::content_filter;
    }
    return has_calls ? FinishReason::tool_calls : FinishReason::stop;
}

std::optional<Usage> usage_of(const object& response)
{
    if (!tree::has(response, "usage")) return std::nullopt;
    const auto text = json::serialize(response.at("usage"));
    json::Cursor at(text);
    return openai_dialect::read_usage(at);
}

Error failure_of(const object& response)
{
    const auto& error = tree::object_at(response, "error");
    const auto message = string_at(error, "message");
    return classify_failure({
        .message = std::string(message.empty() ? "the response failed without a reason" : message),
        .type = std::string(string_at(error, "type")),
        .code = std::string(string_at(error, "code")),
        .param = std::string(string_at(error, "param")),
    });
}

Error classify_failure(openai_dialect::ErrorFacts facts)
{
    // The status was 200 long before, so that the code alone tells whose fault it is.
    const bool too_many = facts.code == "too_many_requests";
    const bool callers = facts.code.starts_with("invalid_") ||
                         facts.code.find("image") != std::string::npos ||
                         facts.code == "data_residency_mismatch";
    auto error = openai_dialect::classify(200, std::move(facts), {});
    if (error.kind == ErrorKind::server_error && too_many) error.kind = ErrorKind::rate_limited;
    if (error.kind == ErrorKind::server_error && callers) error.kind = ErrorKind::rejected;
    return error;
}

std::string chat_logprobs(const array& logprobs)
{
    if (logprobs.empty()) return {};
    return json::serialize(object{{"content", logprobs}, {"refusal", nullptr}});
}

Result<ChatResponse> decode_responses(std::string_view body)
{
    auto parsed = json::parse_tree(body);
    if (!parsed) return fail(ErrorKind::bad_response, "the answer is no JSON");
    const auto& response = object_in(*parsed);
    const auto status = string_at(response, "status");
    if (status == "failed" || tree::has(response, "error"))
        return std::unexpected(failure_of(response));
    if (!response.contains("output") || !response.at("output").is_array())
        return fail(ErrorKind::bad_response, "the answer has no output");
    if (status != "completed" && status != "incomplete")
        return fail(ErrorKind::bad_response, concat("the answer is ", status, ", not completed"));

    Choice choice;
    array logprobs;
    for (const auto& item : array_at(response, "output"))
        add_item(object_in(item), choice, logprobs);
    choice.logprobs = chat_logprobs(logprobs);
    choice.finish = finish_of(response, !choice.tool_calls.empty());

    ChatResponse answer;
    answer.id = string_at(response, "id");
    answer.model = string_at(response, "model");
    answer.created = tree::integer_at(response, "created_at");
    answer.usage = usage_of(response);
    answer.service_tier = string_at(response, "service_tier");
    answer.choices.push_back(std::move(choice));
    return answer;
}

}  // namespace sluice::openai
