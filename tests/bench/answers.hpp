#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// What the upstream says. Bodies are about 600 bytes, whichever dialect.
namespace bench {

constexpr std::string_view answer_text =
    "The capital of France is Paris. It lies on the Seine, in the north of the country,\\nand has "
    "been its largest city since the Middle Ages. \\\"Paris\\\" comes from the Parisii, a people "
    "of "
    "the Iron Age.";

inline std::string json_answer(std::string_view body)
{
    return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\nx-request-id: req_0123456789abcdef\r\n\r\n" +
           std::string(body);
}

inline std::string chat_answer()
{
    return json_answer(
        R"({"id":"chatcmpl-DxC4Fq0VbA9vJzJk2WnT5cQmR8sYe","object":"chat.completion","created":1795176000,"model":"gpt-6-luna","choices":[{"index":0,"message":{"role":"assistant","content":")" +
        std::string(answer_text) +
        R"(","refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":87,"completion_tokens":46,"total_tokens":133,"prompt_tokens_details":{"cached_tokens":0}},"service_tier":"default","system_fingerprint":"fp_44709d6fcb"})"
    );
}

inline std::string messages_answer()
{
    return json_answer(
        R"({"id":"msg_01XFDUDYJgAACzvnptvVoYEL","type":"message","role":"assistant","model":"claude-opus-5-5","content":[{"type":"text","text":")" +
        std::string(answer_text) +
        R"("}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":87,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":0},"output_tokens":46,"service_tier":"standard"}})"
    );
}

inline std::string responses_answer()
{
    return json_answer(
        R"({"id":"resp_68a1","object":"response","created_at":1795176000,"status":"completed","model":"gpt-6-pro","output":[{"id":"msg_68a1","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","annotations":[],"text":")" +
        std::string(answer_text) +
        R"("}]}],"usage":{"input_tokens":87,"input_tokens_details":{"cached_tokens":0},"output_tokens":46,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":133}})"
    );
}

/// A stream that a model called `stream-<events>-<gap in ms>` makes.
struct Plan {
    int events = 0;
    std::int64_t gap = 0;  ///< nanoseconds; 0: as fast as they go out
};

/// The model stands near the front of a request, as clients write it.
inline std::optional<Plan> stream_plan(std::string_view body)
{
    constexpr std::string_view mark = "stream-";
    const auto at = body.substr(0, 256).find(mark);
    if (at == body.npos) return std::nullopt;
    Plan plan;
    const auto* end = body.data() + body.size();
    const auto events = std::from_chars(body.data() + at + mark.size(), end, plan.events);
    const auto gap = std::from_chars(events.ptr + 1, end, plan.gap);
    if (events.ec != std::errc{} || gap.ec != std::errc{}) return std::nullopt;
    plan.gap *= 1'000'000;
    return plan;
}

constexpr std::string_view stream_head =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n"
    "x-request-id: req_0123456789abcdef\r\n\r\n";

inline void append_chunk(std::string& out, std::string_view bytes)
{
    char size[16];
    const auto end = std::to_chars(size, size + sizeof size, bytes.size(), 16).ptr;
    out.append(size, end).append("\r\n").append(bytes).append("\r\n");
}

inline std::string chunk_event(std::string_view delta, std::string_view finish_reason)
{
    std::string event =
        R"(data: {"id":"chatcmpl-DxC4Fq0VbA9vJzJk2WnT5cQmR8sYe","object":"chat.completion.chunk","created":1795176000,"model":"gpt-6-luna","system_fingerprint":"fp_44709d6fcb","choices":[{"index":0,"delta":)";
    event.append(delta).append(R"(,"finish_reason":)").append(finish_reason).append("}]}\n\n");
    return event;
}

/// One token, which is the time it was sent.
inline void append_token(std::string& out, std::int64_t time)
{
    append_chunk(out, chunk_event(R"({"content":"t=)" + std::to_string(time) + R"( "})", "null"));
}

inline void append_end(std::string& out)
{
    append_chunk(out, chunk_event("{}", R"("stop")"));
    append_chunk(
        out,
        R"(data: {"id":"chatcmpl-DxC4Fq0VbA9vJzJk2WnT5cQmR8sYe","object":"chat.completion.chunk","created":1795176000,"model":"gpt-6-luna","choices":[],"usage":{"prompt_tokens":87,"completion_tokens":100,"total_tokens":187}})"
        "\n\n"
    );
    append_chunk(out, "data: [DONE]\n\n");
    out.append("0\r\n\r\n");
}

}  // namespace bench
