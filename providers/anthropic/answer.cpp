#include "providers/anthropic/answer.hpp"

#include "core/json.hpp"
#include "providers/anthropic/errors.hpp"
#include "providers/anthropic/stream.hpp"
#include "providers/anthropic/thoughts.hpp"
#include "providers/tree.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace sluice::anthropic {
namespace {

using boost::json::object;
using tree::string_at;

/// OpenAI's word for the tier that served the call.
std::string_view tier_of(const object& usage)
{
    const auto tier = string_at(usage, "service_tier");
    return tier == "standard" ? "default" : tier;
}

void add_block(const object& block, Choice& choice, Thoughts& thoughts)
{
    const auto type = string_at(block, "type");
    if (type == "text") {
        if (!choice.content) choice.content.emplace();
        *choice.content += string_at(block, "text");
    } else if (type == "thinking" || type == "redacted_thinking") {
        const auto thought = string_at(block, "thinking");
        if (!choice.reasoning.empty() && !thought.empty()) choice.reasoning += "\n\n";
        choice.reasoning += thought;
        thoughts.add(block);
    } else if (type == "tool_use") {
        choice.tool_calls.push_back({
            .id = std::string(string_at(block, "id")),
            .name = std::string(string_at(block, "name")),
            .arguments = json::serialize(tree::object_at(block, "input")),
            .replay = thoughts.take(),
        });
    }
}

class MessagesReader final : public AnswerReader {
public:
    Result<ChatResponse> decode(std::string_view body) const override
    {
        return decode_message(body);
    }
    std::unique_ptr<StreamDecoder> stream_decoder() const override
    {
        return std::make_unique<MessageStreamDecoder>();
    }
};

}  // namespace

FinishReason finish_of(std::string_view stop_reason)
{
    if (stop_reason.empty()) return FinishReason::none;
    if (stop_reason == "tool_use") return FinishReason::tool_calls;
    if (stop_reason == "refusal") return FinishReason::content_filter;
    if (stop_reason == "max_tokens" || stop_reason == "model_context_window_exceeded")
        return FinishReason::length;
    return FinishReason::stop;
}

void UsageCounts::add(const object& usage)
{
    constexpr std::int64_t most = 1'000'000'000'000;  // so that sums stay sums
    const auto take = [most](const object& from, std::string_view key, std::int64_t& count) {
        if (tree::has(from, key))
            count = std::clamp(tree::integer_at(from, key), std::int64_t{}, most);
    };
    take(usage, "input_tokens", input_);
    take(usage, "cache_read_input_tokens", cache_read_);
    take(usage, "cache_creation_input_tokens", cache_write_);
    take(usage, "output_tokens", output_);
    take(tree::object_at(usage, "output_tokens_details"), "thinking_tokens", thinking_);
}

Usage UsageCounts::usage() const
{
    const auto prompt = input_ + cache_read_ + cache_write_;
    return {
        .prompt = prompt,
        .completion = output_,
        .total = prompt + output_,
        .cached = cache_read_,
        .cache_write = cache_write_,
        .reasoning = thinking_,
    };
}

Result<ChatResponse> decode_message(std::string_view body)
{
    const auto parsed = json::parse_tree(body);
    if (!parsed) return fail(ErrorKind::bad_response, "the answer is no JSON");
    const auto& message = tree::object_in(*parsed);
    if (auto error = reported_error(message)) return std::unexpected(*std::move(error));
    const auto* content = message.if_contains("content");
    if (!content || !content->is_array())
        return fail(ErrorKind::bad_response, "the answer has no content");

    Choice choice;
    Thoughts thoughts;
    for (const auto& block : content->get_array())
        add_block(tree::object_in(block), choice, thoughts);
    choice.finish = finish_of(string_at(message, "stop_reason"));
    if (choice.finish == FinishReason::none)
        return fail(ErrorKind::bad_response, "the answer has no stop_reason");

    ChatResponse answer;
    answer.id = string_at(message, "id");
    answer.model = string_at(message, "model");
    if (tree::has(message, "usage")) {
        const auto& usage = tree::object_at(message, "usage");
        UsageCounts counts;
        counts.add(usage);
        answer.usage = counts.usage();
        answer.service_tier = tier_of(usage);
    }
    answer.choices.push_back(std::move(choice));
    return answer;
}

const AnswerReader& messages_reader()
{
    static const MessagesReader reader;
    return reader;
}

}  // namespace sluice::anthropic
