#include "providers/openai/responses.hpp"
#include "support/provider_cases.hpp"

#include <gmock/gmock.h>

namespace sluice::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto luna = "gpt-6-luna";
constexpr auto plain = "gpt-4.1";

ChatRequest native_chat(const std::string& members)
{
    auto chat = chat_of(R"({"messages":[{"role":"user","content":"hi"}]})");
    chat.dialect = Dialect::responses;
    chat.native =
        json::Document::parse(concat(R"({"model":"route","input":"hi")", members, "}")).value();
    return chat;
}

Result<Call> encode(
    const ChatRequest& chat, std::string_view model, std::vector<std::string> left_out = {}
)
{
    const Target target("openai", model, {});
    return find_provider("openai")->translator->encode(chat, target.deployment, left_out);
}

/// Members of the caller's body and of the one sent; all else stays.
struct NativeCase {
    const char* name;
    const char* model;
    const char* given;
    const char* sent;  // after model and input
    const char* warning = "";
};
void PrintTo(const NativeCase& c, std::ostream* out)
{
    *out << c.given;
}

class NativeResponsesBody : public testing::TestWithParam<NativeCase> {};

TEST_P(NativeResponsesBody, keeps_every_byte_but_what_the_model_does_not_take)
{
    const auto& [name, model, given, sent, warning] = GetParam();
    const auto call = encode(native_chat(given), model);
    ASSERT_TRUE(call) << call.error().message;
    EXPECT_EQ(call->request.body, concat(R"({"model":")", model, R"(","input":"hi")", sent, "}"));
    EXPECT_EQ(call->warnings.size(), std::string_view(warning).empty() ? 0u : 1u);
    for (const auto& line : call->warnings) EXPECT_THAT(line, HasSubstr(warning));
    EXPECT_EQ(call->request.target, "/v1/responses");
    EXPECT_EQ(call->dialect, Dialect::responses);
    EXPECT_EQ(call->reader, &openai::responses_reader());
}

INSTANTIATE_TEST_SUITE_P(
    table,
    NativeResponsesBody,
    testing::Values(
        NativeCase{"kept_here", plain, "", R"(,"store":false)"},
        NativeCase{"kept_nowhere", plain, R"( , "store" : false)", R"( , "store" : false)"},
        NativeCase{
            "thoughts_come_along",
            luna,
            "",
            R"(,"store":false,"include":["reasoning.encrypted_content"])"
        },
        NativeCase{
            "thoughts_beside_others",
            luna,
            R"(,"store":true,"include":["message.output_text.logprobs"])",
            R"(,"store":false,"include":["message.output_text.logprobs","reasoning.encrypted_content"])"
        },
        NativeCase{
            "no_thoughts_for_what_is_not_kept", luna, R"(,"store":false)", R"(,"store":false)"
        },
        NativeCase{
            "fields_of_the_api",
            luna,
            R"(,"store":false, "truncation":"auto","tools":[{"type":"web_search"}],"surprise":1)",
            R"(,"store":false, "truncation":"auto","tools":[{"type":"web_search"}],"surprise":1)"
        },
        NativeCase{
            "temperature_while_reasoning",
            luna,
            R"(,"store":false,"temperature":0.5)",
            R"(,"store":false)",
            "temperature"
        },
        NativeCase{
            "temperature_of_a_plain_model",
            plain,
            R"(,"store":false,"temperature":0.5)",
            R"(,"store":false,"temperature":0.5)"
        },
        NativeCase{
            "effort_of_a_plain_model",
            plain,
            R"(,"store":false,"reasoning":{"effort":"low","summary":"auto"})",
            R"(,"store":false,"reasoning":{"summary":"auto"})",
            "reasoning.effort"
        },
        NativeCase{
            "effort_that_is_clamped",
            "o3",
            R"(,"store":false,"reasoning":{"effort":"max"})",
            R"(,"store":false,"reasoning":{"effort":"high"})",
            "reasoning.effort"
        },
        NativeCase{
            "verbosity_of_a_plain_model",
            plain,
            R"(,"store":false,"text":{"verbosity":"low"})",
            R"(,"store":false,"text":{})",
            "text.verbosity"
        },
        NativeCase{
            "parallel_calls_of_o3",
            "o3",
            R"(,"store":false,"parallel_tool_calls":false)",
            R"(,"store":false)",
            "parallel_tool_calls"
        },
        NativeCase{
            "stream_as_asked",
            plain,
            R"(,"store":false,"stream":true)",
            R"(,"store":false,"stream":false)"
        }
    ),
    [](const auto& info) { return info.param.name; }
);

TEST(NativeResponsesCall, leaves_out_what_was_refused_before)
{
    const auto chat = native_chat(
        R"(,"store":false,"text":{"verbosity":"low"},"service_tier":"flex","include":["x"])"
    );
    const auto call = encode(chat, luna, {"text.verbosity", "service_tier", "include"});
    EXPECT_EQ(call->request.body, R"({"model":"gpt-6-luna","input":"hi","store":false,"text":{}})");
    EXPECT_EQ(call->warnings.size(), 3);

    for (const auto* meant : {"text.format", "instructions", "input"}) {
        const auto refused = encode(chat, luna, {meant});
        ASSERT_FALSE(refused) << meant;
        EXPECT_EQ(refused.error().kind, ErrorKind::unfit);
        EXPECT_EQ(refused.error().param, meant);
    }
}

TEST(NativeResponsesCall, cannot_give_log_probabilities_of_a_model_that_reasons)
{
    auto chat = native_chat(R"(,"store":false,"top_logprobs":2)");
    chat.needs.logprobs = true;
    EXPECT_TRUE(encode(chat, plain));
    EXPECT_EQ(encode(chat, luna).error().param, "top_logprobs");
}

TEST(NativeResponsesCall, takes_the_configured_defaults_where_the_caller_says_nothing)
{
    const auto sent = [](const std::string& members, std::string_view model) {
        Target target("openai", model, {});
        target.deployment.default_temperature = "0.7";
        target.deployment.default_max_tokens = "1024";
        auto call = find_provider("openai")->translator->encode(
            native_chat(members), target.deployment, {}
        );
        EXPECT_THAT(call->warnings, IsEmpty());
        return call->request.body;
    };
    EXPECT_THAT(
        sent(R"(,"store":false)", plain),
        HasSubstr(R"("store":false,"max_output_tokens":1024,"temperature":0.7})")
    );
    EXPECT_THAT(
        sent(R"(,"store":false,"max_output_tokens":9)", luna),
        HasSubstr(R"("store":false,"max_output_tokens":9})")
    );
}

}  // namespace
}  // namespace sluice::test
