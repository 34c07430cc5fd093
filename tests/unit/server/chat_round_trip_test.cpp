#include "api/messages_request.hpp"
#include "api/openai_chat.hpp"
#include "api/responses_request.hpp"
#include "support/chat_meaning.hpp"
#include "support/random_chat.hpp"

#include <gtest/gtest.h>

#include <ostream>
#include <vector>

/// Requests go to a provider in its own words, and the gateway reads those words too: what comes
/// back is what was said, in every field that both can express.
namespace sluice::test {
namespace {

using ReadBack = Result<ChatRequest> (*)(std::string body);
using Difference = void (*)(object& chat);

/// A provider's dialect, there and back.
struct Way {
    const char* name;
    const char* provider;
    const char* model;
    std::string_view path;  // where the model is called
    ReadBack read_back;
    Expressible can;
    std::vector<Difference> differences{};  // of the dialect, beyond those of chat itself
    std::string_view default_max_tokens{};  // JSON text, where the provider demands a limit
};
void PrintTo(const Way& way, std::ostream* out)
{
    *out << way.name;
}

Result<ChatRequest> wholly_expressed(Result<ChatRequest> chat)
{
    if (chat) EXPECT_EQ(chat->native_only, "");
    return chat;
}

Result<ChatRequest> read_messages(std::string body)
{
    return wholly_expressed(parse_messages_request(std::move(body)));
}

Result<ChatRequest> read_responses(std::string body)
{
    auto request = parse_responses_request(std::move(body));
    if (!request) return std::unexpected(std::move(request).error());
    return wholly_expressed(translate_to_chat(*request, {}));
}

/// Mistral calls a file a document_url, and its ids have nine letters or digits.
Result<ChatRequest> read_mistral(std::string body)
{
    auto chat = value_of(body).as_object();
    const auto expect_own = [](const value* id) {
        if (!id) return;
        EXPECT_TRUE(
            id->as_string().size() == 9 &&
            std::ranges::all_of(
                id->as_string(), [](char c) { return std::isalnum(static_cast<unsigned char>(c)); }
            )
        ) << *id;
    };
    for (auto& message : messages_of(chat)) {
        auto& members = message.as_object();
        expect_own(members.if_contains("tool_call_id"));
        if (const auto* calls = members.if_contains("tool_calls"))
            for (const auto& call : calls->as_array()) expect_own(&call.at("id"));
        if (!members["content"].is_array()) continue;
        for (auto& part : members["content"].get_array()) {
            if (part.at("type") != "document_url") continue;
            const auto url = part.at("document_url").as_string();
            const auto* key = url.starts_with("data:") ? "file_data" : "file_url";
            part = {
                {"type", "file"}, {"file", {{"filename", part.at("document_name")}, {key, url}}}
            };
        }
    }
    return parse_chat_request(json::serialize(chat));
}

object meaning_on(const Way& way, std::string_view chat_text)
{
    auto chat = meaning_of(chat_text);
    for (const auto say_otherwise : way.differences) say_otherwise(chat);
    if (!way.default_max_tokens.empty() && !chat.contains("max_tokens"))
        chat["max_tokens"] = value_of(way.default_max_tokens);
    return chat;
}

class ChatRoundTrip : public testing::TestWithParam<Way> {};

TEST_P(ChatRoundTrip, keeps_what_both_can_express)
{
    constexpr std::uint32_t chats = 2000;
    const auto& way = GetParam();
    const auto& provider = *find_provider(way.provider);
    Target target(way.provider, way.model, provider.dialect);
    target.deployment.default_max_tokens = way.default_max_tokens;
    for (std::uint32_t seed = 0; seed < chats; ++seed) {
        const auto said = json::serialize(RandomChat(seed, way.model, way.can).make());
        SCOPED_TRACE(concat("seed ", std::to_string(seed), ": ", said));
        const auto chat = parse_chat_request(said);
        ASSERT_TRUE(chat) << chat.error().message;
        const auto call = provider.translator->encode(*chat, target.deployment, {});
        ASSERT_TRUE(call) << call.error().message;
        const auto& sent = call->request.body;
        ASSERT_EQ(call->request.target, concat("/v1", way.path)) << sent;
        const auto back = way.read_back(sent);
        ASSERT_TRUE(back) << back.error().message << "\nsent: " << sent;
        const auto meant = meaning_on(way, said);
        const auto heard = meaning_on(way, back->document.text());
        ASSERT_TRUE(heard == meant) << "sent: " << sent << "\nmeant: " << json::serialize(meant)
                                    << "\nheard: " << json::serialize(heard);
        ASSERT_FALSE(HasFailure()) << "sent: " << sent;
    }
}

constexpr std::string_view messages = "/messages", responses = "/responses",
                           completions = "/chat/completions";

Expressible by_anthropic()
{
    return {
        .fields = {"parallel_tool_calls", "stop", "temperature", "top_p", "user"},
        .highest_temperature = 1,
        .one_of_sampling = true,
    };
}

Expressible by_responses()
{
    return {
        .fields =
            {"parallel_tool_calls",
             "json_object",
             "user",
             "prompt_cache_key",
             "safety_identifier",
             "verbosity",
             "metadata",
             "service_tier"},
        .custom_tools = true,
        .audio = true,
        .image_detail = true,
        .refusal_beside = true,
        .turns_in_a_row = false,
        .any_arguments = true,
    };
}

Expressible by_chat()
{
    return {
        .fields =
            {"parallel_tool_calls",
             "json_object",
             "stop",
             "temperature",
             "top_p",
             "seed",
             "presence_penalty",
             "frequency_penalty",
             "top_logprobs",
             "user",
             "prompt_cache_key",
             "safety_identifier",
             "metadata",
             "service_tier"},
        .custom_tools = true,
        .audio = true,
        .image_detail = true,
        .names = true,
        .refusal_beside = true,
        .any_arguments = true,
    };
}

template <class Change>
Expressible with(Expressible can, Change change)
{
    change(can);
    return can;
}

const std::vector<Difference> anthropics{
    &developer_is_system,
    &system_is_one,
    &refusal_is_text,
    &only_allowed_tools,
    &no_calls_are_not_parallel,
    &format_is_its_schema,
    &result_is_one_text,
    &no_blank_stops,
    &last_text_is_trimmed,
    &ids_are_numbers,
};

const Way ways[]{
    {.name = "anthropic",
     .provider = "anthropic",
     .model = "claude-haiku-4-5",
     .path = messages,
     .read_back = &read_messages,
     .can = by_anthropic(),
     .differences = anthropics,
     .default_max_tokens = "1234"},
    {.name = "anthropic_with_efforts",
     .provider = "anthropic",
     .model = "claude-sonnet-4-6",
     .path = messages,
     .read_back = &read_messages,
     .can = with(by_anthropic(), [](auto& can) { can.efforts = {"low", "medium", "high", "max"}; }),
     .differences = anthropics,
     .default_max_tokens = "1234"},
    {.name = "responses_of_a_reasoning_model",
     .provider = "openai",
     .model = "gpt-6.1-sol",
     .path = responses,
     .read_back = &read_responses,
     .can = with(
         by_responses(),
         [](auto& can) {
             can.efforts = {"low", "medium", "high", "xhigh", "max"};
             can.always_tools = true;
         }
     )},
    {.name = "responses_of_an_unknown_model",
     .provider = "openai",
     .model = "gpt-9-pro",
     .path = responses,
     .read_back = &read_responses,
     .can = with(
         by_responses(),
         [](auto& can) {
             can.efforts = {"none", "minimal", "low", "medium", "high", "xhigh", "max"};
             can.fields.insert(can.fields.end(), {"temperature", "top_p", "top_logprobs"});
         }
     )},
    {.name = "openai_compatible",
     .provider = "openai_compatible",
     .model = "any",
     .path = completions,
     .read_back = &parse_chat_request,
     .can = with(
         by_chat(),
         [](auto& can) {
             can.efforts = {"none", "low", "high"};
             can.fields.emplace_back("verbosity");
         }
     )},
    {.name = "azure_openai",
     .provider = "azure_openai",
     .model = "gpt-4.1",
     .path = completions,
     .read_back = &parse_chat_request,
     .can = by_chat()},
    {.name = "azure_openai_of_a_reasoning_model",
     .provider = "azure_openai",
     .model = "gpt-5.1",
     .path = completions,
     .read_back = &parse_chat_request,
     .can = with(
         by_chat(),
         [](auto& can) {
             can.efforts = {"none", "low", "medium", "high"};
             std::erase(can.fields, "stop");
         }
     )},
    {.name = "mistral",
     .provider = "mistral",
     .model = "mistral-small-latest",
     .path = completions,
     .read_back = &read_mistral,
     .can =
         {.fields =
              {"parallel_tool_calls",
               "json_object",
               "stop",
               "temperature",
               "top_p",
               "seed",
               "presence_penalty",
               "frequency_penalty",
               "prompt_cache_key",
               "metadata",
               "service_tier"},
          .efforts = {"none", "high"},
          .highest_temperature = 1,
          .image_detail = true,
          .any_arguments = true},
     .differences =
         {&prefix_is_implied,
          &developer_is_system,
          &system_comes_first,
          &refusal_is_text,
          &only_allowed_tools,
          &nods_are_nothing,
          &ids_are_numbers}},
};
INSTANTIATE_TEST_SUITE_P(way, ChatRoundTrip, testing::ValuesIn(ways), [](const auto& info) {
    return std::string(info.param.name);
});

}  // namespace
}  // namespace sluice::test
