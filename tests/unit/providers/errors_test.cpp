#include "providers/openai_dialect/errors.hpp"

#include "providers/openai_dialect/wait.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace sluice::openai_dialect {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

ErrorKind kind_of(int status, std::string body)
{
    return decode_error({.status = status, .headers = {}, .body = std::move(body)}).kind;
}

std::string body_with(std::string_view key, std::string_view word)
{
    return concat(R"({"error":{"message":"No.","type":null,")", key, R"(":")", word, R"("}})");
}

TEST(ErrorClass, without_a_word_of_the_body_the_status_decides)
{
    struct Case {
        int status;
        ErrorKind kind;
    };
    constexpr Case cases[]{
        {302, ErrorKind::bad_response},       {400, ErrorKind::rejected},
        {401, ErrorKind::credential_refused}, {402, ErrorKind::quota_exhausted},
        {403, ErrorKind::credential_refused}, {404, ErrorKind::rejected},
        {408, ErrorKind::server_error},       {409, ErrorKind::server_error},
        {413, ErrorKind::rejected},           {422, ErrorKind::rejected},
        {429, ErrorKind::rate_limited},       {498, ErrorKind::rate_limited},
        {500, ErrorKind::server_error},       {502, ErrorKind::server_error},
        {503, ErrorKind::overloaded},         {504, ErrorKind::server_error},
        {520, ErrorKind::server_error},       {524, ErrorKind::server_error},
        {529, ErrorKind::overloaded},
    };
    for (const auto& [status, kind] : cases) {
        for (const auto* body : {"", "<html></html>", "no", "{}", "[]", R"({"error":{}})"})
            EXPECT_EQ(kind_of(status, body), kind) << status << ' ' << body;
    }
}

TEST(ErrorClass, the_body_goes_before_the_status)
{
    struct Case {
        int status;
        std::string_view key;
        std::string_view word;
        ErrorKind kind;
    };
    constexpr Case cases[]{
        {429, "type", "insufficient_quota", ErrorKind::quota_exhausted},
        {429, "code", "insufficient_quota", ErrorKind::quota_exhausted},
        {429, "code", "credit_balance_exhausted", ErrorKind::quota_exhausted},
        {429, "code", "organization_spend_limit_exceeded", ErrorKind::quota_exhausted},
        {429, "code", "project_spend_limit_exceeded", ErrorKind::quota_exhausted},
        {429, "code", "organization_usage_limit_exceeded", ErrorKind::quota_exhausted},
        {429, "code", "slow_down", ErrorKind::overloaded},
        {503, "code", "slow_down", ErrorKind::overloaded},
        {500, "type", "overloaded_error", ErrorKind::overloaded},
        {400, "code", "rate_limit_exceeded", ErrorKind::rate_limited},
        {400, "code", "context_length_exceeded", ErrorKind::context_too_long},
        {400, "code", "content_filter", ErrorKind::content_filtered},
        {400, "code", "invalid_api_key", ErrorKind::credential_refused},
        {403, "code", "model_not_found", ErrorKind::model_gone},
        {404, "code", "DeploymentNotFound", ErrorKind::model_gone},
        {404, "code", "unknown_url", ErrorKind::rejected},
        {403, "code", "unsupported_country_region_territory", ErrorKind::credential_refused},
        {400, "message", "prompt is too long: 9 tokens > 8 maximum", ErrorKind::context_too_long},
        {400,
         "message",
         "The input token count (9) exceeds the maximum",
         ErrorKind::context_too_long},
        {422,
         "message",
         "Prompt contains 9 tokens, too large for model",
         ErrorKind::context_too_long},
        {400, "message", "Your credit balance is too low", ErrorKind::quota_exhausted},
        {400, "message", "x/y is not a valid model ID", ErrorKind::model_gone},
        {404, "message", "The model `x` does not exist.", ErrorKind::model_gone},
        {429, "message", "Request too large: Limit 10, Requested 11", ErrorKind::context_too_long},
        {429, "message", "Request too large: Limit 12, Requested 11", ErrorKind::rate_limited},
        {500, "message", "maximum context length", ErrorKind::server_error},
    };
    for (const auto& [status, key, word, kind] : cases)
        EXPECT_EQ(code_of(kind_of(status, body_with(key, word))), code_of(kind))
            << status << ' ' << word;
}

TEST(ErrorClass, a_refused_field_that_may_be_left_out_can_be_repaired)
{
    struct Case {
        std::string_view error;
        std::string_view repair;
    };
    constexpr Case cases[]{
        {R"({"code":"unsupported_parameter","param":"top_p","message":""})", "top_p"},
        {R"({"code":"unsupported_value","param":"temperature","message":""})", "temperature"},
        {R"({"code":"unsupported_parameter","param":null,"message":"Unsupported parameter: 'stop' is"})",
         "stop"},
        {R"({"code":"unknown_parameter","param":"messages[2].name","message":""})",
         "messages.2.name"},
        {R"({"message":"property 'logprobs' is unsupported"})", "logprobs"},
        {R"({"code":"unsupported_value","param":"messages[0].role","message":""})", ""},
        {R"({"code":"unsupported_value","param":"stream","message":""})", ""},
        {R"({"code":"unsupported_parameter","param":"model","message":""})", ""},
        {R"({"code":"unknown_parameter","param":"messages[0].content[1].image_url","message":""})",
         ""},
        {R"({"code":"unknown_parameter","param":"tools[0].function.name","message":""})", ""},
        {R"({"code":"unknown_parameter","param":"tools[0]","message":""})", ""},
        {R"({"code":"invalid_value","param":"temperature","message":""})", ""},
        {R"({"code":null,"param":"reasoning_effort","message":"must be one of low, high"})", ""},
    };
    for (const auto& [body, repair] : cases) {
        const auto error =
            decode_error({.status = 400, .headers = {}, .body = concat(R"({"error":)", body, "}")});
        EXPECT_EQ(error.repair, repair) << body;
        EXPECT_EQ(error.kind == ErrorKind::unsupported_parameter, !repair.empty()) << body;
    }
}

TEST(ErrorClass, no_wait_is_read_where_waiting_does_not_help)
{
    const Headers headers{{"retry-after", "5"}};
    const auto purse = classify(
        429, {.message = "", .type = "insufficient_quota", .code = {}, .param = {}}, headers
    );
    EXPECT_EQ(purse.retry_after, std::nullopt);
    EXPECT_EQ(classify(429, {}, headers).retry_after, 5s);
    EXPECT_EQ(classify(503, {}, headers).retry_after, 5s);
}

TEST(ErrorMessage, is_free_of_keys)
{
    struct Case {
        std::string_view text;
        std::string_view safe;
    };
    constexpr Case cases[]{
        {"Incorrect API key provided: sk-proj-a1B2c3D4e5. Find",
         "Incorrect API key provided: ***. Find"},
        {"Incorrect API key provided: abcd1234efgh5678.", "Incorrect API key provided: ***."},
        {"bad header 'Authorization: Bearer abc_DEF-123456'",
         "bad header 'Authorization: Bearer ***'"},
        {"(gsk_0123456789)", "(***)"},
        {"the task-list and disk-cache of org-123456789",
         "the task-list and disk-cache of org-123456789"},
        {"sk-", "sk-"},
    };
    for (const auto& [text, safe] : cases) EXPECT_EQ(safe_message(text), safe);
}

TEST(ErrorMessage, is_cut_between_characters)
{
    std::string text = "x";
    for (int i = 0; i < 1000; ++i) text += "ä";
    const auto safe = safe_message(text);
    EXPECT_LE(safe.size(), 500u);
    EXPECT_GT(safe.size(), 490u);
    EXPECT_TRUE(safe.ends_with("ä…"));
    EXPECT_EQ(safe_message(std::string(500, 'a')).size(), 500u);
}

TEST(ErrorMessage, says_something_where_the_provider_says_nothing)
{
    for (const auto* body : {"", "{}", R"({"error":{}})", R"({"error":null})"})
        EXPECT_NE(decode_error({.status = 500, .headers = {}, .body = body}).message, "") << body;
}

TEST(AskedWait, is_read_in_the_documented_order)
{
    struct Case {
        Headers headers;
        std::string_view message;
        std::optional<milliseconds> wait;
    };
    const Header remaining{"x-ratelimit-remaining-tokens", "0"};
    const Header reset{"x-ratelimit-reset-tokens", "1m0.5s"};
    const std::string said = "Please try again in 2.6s. Visit";
    const Case cases[]{
        {{{"retry-after", "3"}, {"Retry-After-Ms", "2600"}}, "", 2600ms},
        {{{"retry-after", "3"}, remaining, reset}, said, 3s},
        {{{"retry-after", "0.25"}}, "", 250ms},
        {{{"retry-after", "0"}}, said, 0ms},
        {{{"retry-after", "3600"}}, "", 60s},
        {{{"retry-after", "-1"}}, "", std::nullopt},
        {{{"retry-after", "soon"}}, said, 2600ms},
        {{{"retry-after", "Sun, 06 Nov 1994 08:49:40 GMT"},
          {"Date", "Sun, 06 Nov 1994 08:49:37 GMT"}},
         "",
         3s},
        {{{"retry-after", "Sun, 06 Nov 1994 08:49:30 GMT"},
          {"Date", "Sun, 06 Nov 1994 08:49:37 GMT"}},
         "",
         0ms},
        {{{"retry-after", "Sun, 06 Nov 1994 08:49:40 GMT"}}, "", std::nullopt},
        {{remaining, {"x-ratelimit-reset-tokens", "12ms"}}, said, 12ms},
        {{{"x-ratelimit-remaining-tokens", "5"}, reset}, said, 2600ms},
        {{remaining,
          {"x-ratelimit-reset-tokens", "30s"},
          {"x-ratelimit-remaining-requests", "0"},
          {"x-ratelimit-reset-requests", "1.5s"}},
         "",
         1500ms},
        {{remaining, {"x-ratelimit-reset-tokens", "0s"}}, said, 2600ms},
        {{remaining, {"x-ratelimit-reset-tokens", "7.5"}}, "", 7500ms},
        {{}, "try again in 120ms", 120ms},
        {{}, "try again in 1m2s", 60s},
        {{}, "Please retry after 20 seconds.", 20s},
        {{}, "try again in a while", std::nullopt},
        {{}, "", std::nullopt},
    };
    for (const auto& [headers, message, wait] : cases)
        EXPECT_EQ(asked_wait(headers, message), wait)
            << (headers.empty() ? std::string(message) : headers.front().value);
}

}  // namespace
}  // namespace sluice::openai_dialect
