#pragma once

#include "support/calls.hpp"
#include "support/test_gateway.hpp"

#include <boost/json/parse.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace sluice::test {

/// A chat with the route "auto". more: members for the body, `"stream":true`; headers: whole lines.
inline RawResponse chat(
    TestGateway& gateway, const std::string& more = "", std::string_view headers = ""
)
{
    return post(gateway.port(), "/api/v1/auto/chat", chat_body(more), headers);
}
inline RawResponse stream(
    TestGateway& gateway, const std::string& more = "", std::string_view headers = ""
)
{
    return chat(gateway, R"("stream":true)" + (more.empty() ? "" : "," + more), headers);
}

inline std::string unquoted(std::string text)
{
    return text.size() >= 2 && text.front() == '"' ? text.substr(1, text.size() - 2) : text;
}
inline std::string content_of(const RawResponse& answer)
{
    return unquoted(at(answer.body, "/message/content"));
}
inline std::string code_of(const RawResponse& answer)
{
    return unquoted(at(answer.body, "/error/code"));
}

/// x-sluice-attempts without models, statuses and times: "main upstream_error, spare ok".
inline std::string attempts_of(const RawResponse& answer)
{
    std::string out;
    std::string_view rest = answer.header("x-sluice-attempts");
    while (!rest.empty()) {
        const auto one = rest.substr(0, rest.find(", "));
        rest.remove_prefix(std::min(rest.size(), one.size() + 2));
        constexpr std::string_view mark = ";outcome=";
        const auto outcome = one.substr(one.find(mark) + mark.size());
        if (!out.empty()) out += ", ";
        out += concat(one.substr(0, one.find('/')), " ", outcome.substr(0, outcome.find(';')));
    }
    return out;
}

/// What the events of a stream say to their reader.
struct StreamStory {
    std::string text;
    std::string finish;               ///< the last finish reason
    std::string usage;                ///< as JSON, "" where none came
    bool usage_alone = false;         ///< it came in a chunk without choices
    std::vector<std::string> errors;  ///< the codes of the error events
    int dones = 0;
    bool orderly = true;  ///< every event is JSON or [DONE], and nothing follows [DONE] or an error

    bool complete() const { return orderly && dones == 1 && errors.empty() && !finish.empty(); }
    /// Ended by exactly one error event with this code ("": any) and no [DONE].
    bool failed_with(std::string_view code = "") const
    {
        return orderly && dones == 0 && errors.size() == 1 &&
               (code.empty() || errors.front() == code);
    }
};

inline void tell(StreamStory& story, std::string_view data)
{
    story.orderly &= story.dones == 0 && story.errors.empty();
    if (data == "[DONE]") {
        ++story.dones;
        return;
    }
    const auto field = [&](std::string_view pointer) { return at(data, pointer); };
    story.orderly &= field("") != "(no JSON)";
    if (const auto code = field("/error/code"); code != "(none)")
        story.errors.push_back(unquoted(code));
    if (const auto text = field("/choices/0/delta/content"); text != "(none)")
        story.text += unquoted(text);
    if (const auto finish = field("/choices/0/finish_reason"); finish.starts_with('"'))
        story.finish = unquoted(finish);
    if (const auto usage = field("/usage"); usage.starts_with('{')) {
        story.usage = usage;
        story.usage_alone = field("/choices") == "[]";
    }
}

inline StreamStory story_of(const RawResponse& answer)
{
    StreamStory story;
    std::string_view rest = answer.body;
    while (!rest.empty()) {
        const auto event = rest.substr(0, rest.find("\n\n"));
        rest.remove_prefix(std::min(rest.size(), event.size() + 2));
        if (event.starts_with("data: "))
            tell(story, event.substr(6));
        else
            story.orderly &= event.starts_with(':');  // a comment
    }
    return story;
}

/// What the provider says of one failure, as OpenAI does.
inline std::string error_body(std::string_view code, std::string_view message = "no")
{
    return concat(
        R"({"error":{"message":")", message, R"(","type":null,"param":null,"code":")", code, "\"}}"
    );
}

/// The series of a metric that counts for a target, with one label more.
inline std::string series_of(
    std::string_view metric, std::string_view provider, std::string_view label = ""
)
{
    return concat(
        metric,
        R"({model="fake-model",provider=")",
        provider,
        "\"",
        label.empty() ? "" : ",",
        label,
        "}"
    );
}

}  // namespace sluice::test
