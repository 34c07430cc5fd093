#pragma once

#include "arguments.hpp"

#include <algorithm>
#include <string>
#include <string_view>

namespace bench {

/// A conversation of about so many bytes: several turns, with the line breaks and quotes that text
/// has.
inline std::string chat_body(std::string_view model, bool stream, std::size_t size)
{
    constexpr std::string_view sentence =
        "Explain in two sentences why \\\"the same river\\\" is never stepped into twice,\\n"
        "and name who said so first - with the source, the year and the language of it.\\n";
    constexpr std::size_t longest_turn = 4096;
    std::string body = R"({"model":")" + std::string(model) + '"';
    if (stream) body += R"(,"stream":true)";
    body += R"(,"messages":[{"role":"system","content":"You are a helpful assistant."})";
    constexpr std::string_view end = R"(],"max_completion_tokens":512})";
    constexpr std::string_view turn_frame = R"(,{"role":"assistant","content":""})";
    for (bool user = true; body.size() + end.size() + turn_frame.size() + 40 < size; user = !user) {
        body += user ? R"(,{"role":"user","content":")" : R"(,{"role":"assistant","content":")";
        const auto turn_end = body.size() + longest_turn;
        while (body.size() < turn_end && body.size() + sentence.size() + end.size() + 2 < size)
            body += sentence;
        const auto room = std::min(turn_end, size - end.size() - 2);
        if (body.size() < room) body.append(std::min<std::size_t>(room - body.size(), 160), 'x');
        body += R"("})";
    }
    body += end;
    return body;
}

/// The request that a run sends again and again.
inline std::string request_text(const Arguments& arguments)
{
    const auto body = chat_body(
        arguments.text("model", "gpt-6-luna"),
        arguments.text("stream", "no") == "yes",
        static_cast<std::size_t>(arguments.integer("bytes", 400))
    );
    std::string request = "POST " + arguments.text("path", "/v1/chat/completions") +
                          " HTTP/1.1\r\n"
                          "Host: 127.0.0.1:" +
                          arguments.text("port", "") +
                          "\r\n"
                          "Accept: application/json\r\n"
                          "Content-Type: application/json\r\n"
                          "User-Agent: bench/1\r\n";
    for (const auto& header : arguments.all("header")) request += header + "\r\n";
    request += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    return request;
}

}  // namespace bench
