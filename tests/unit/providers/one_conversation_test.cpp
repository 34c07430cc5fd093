#include "support/provider_cases.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

/// The same conversation with tools, as each provider has it, is the same to everybody else.
namespace sluice::test {
namespace {

const std::filesystem::path folder = SLUICE_SOURCE_DIR "/tests/fixtures/one_conversation";

std::string read(const std::filesystem::path& name)
{
    std::ifstream file(folder / name, std::ios::binary);
    EXPECT_TRUE(file) << name;
    return {std::istreambuf_iterator<char>(file), {}};
}

struct Way {
    std::string_view name;  ///< of the folder
    std::string_view provider;
    std::string_view model;

    friend void PrintTo(const Way& way, std::ostream* out) { *out << way.name; }
};

/// What an answer says, whoever gave it. Parsed arguments: their spelling is the provider's.
struct Said {
    std::string text;
    std::vector<std::string> calls;  ///< id name arguments
    FinishReason finish = FinishReason::none;
    std::int64_t prompt = 0, completion = 0, total = 0;

    bool operator==(const Said&) const = default;
    friend void PrintTo(const Said& said, std::ostream* out)
    {
        *out << said.text << " |";
        for (const auto& call : said.calls) *out << ' ' << call;
        *out << " | " << to_string(said.finish) << ' ' << said.prompt << ' ' << said.completion;
    }
};

std::string call_text(std::string_view id, std::string_view name, std::string_view arguments)
{
    return concat(id, " ", name, " ", json::serialize(value_of(arguments)));
}

void count(const std::optional<Usage>& usage, Said& said)
{
    if (!usage) return;
    said.prompt = usage->prompt;
    said.completion = usage->completion;
    said.total = usage->total;
}

Said said_at_once(const AnswerReader& reader, const std::string& body)
{
    const auto answer = reader.decode(body);
    EXPECT_TRUE(answer) << (answer ? "" : answer.error().message);
    if (!answer) return {};
    const auto& choice = answer->choices.at(0);
    Said said{.text = choice.content.value_or(""), .calls = {}, .finish = choice.finish};
    for (const auto& call : choice.tool_calls)
        said.calls.push_back(call_text(call.id, call.name, call.arguments));
    count(answer->usage, said);
    return said;
}

Said said_in_a_stream(const AnswerReader& reader, const std::string& bytes)
{
    Said said;
    std::vector<ToolCallDelta> calls;
    const auto decoder = reader.stream_decoder();
    SseParser parser;
    parser.feed(bytes);
    while (const auto event = parser.next().value()) {
        const auto delta = read_event(*decoder, *event);
        EXPECT_TRUE(delta) << event->data;
        if (!delta) return said;
        count(delta->usage, said);
        for (const auto& choice : delta->choices) {
            said.text += choice.content;
            if (choice.finish != FinishReason::none) said.finish = choice.finish;
            for (const auto& fragment : choice.tool_calls) {
                const auto at = static_cast<std::size_t>(fragment.index);
                if (at == calls.size())
                    calls.push_back(fragment);
                else
                    calls.at(at).arguments += fragment.arguments;
            }
        }
    }
    EXPECT_TRUE(decoder->finish());
    for (const auto& call : calls)
        said.calls.push_back(call_text(call.id, call.name, call.arguments));
    return said;
}

class OneConversation : public testing::TestWithParam<Way> {
protected:
    static std::string body()
    {
        auto text = read("client.json");
        return text.replace(text.find("MODEL"), 5, GetParam().model);
    }
    const ChatRequest chat = chat_of(body());
    const Target target{
        GetParam().provider, GetParam().model, find_provider(GetParam().provider)->dialect
    };
    const Result<Call> call =
        find_provider(GetParam().provider)->translator->encode(chat, target.deployment, {});

    const Said expected{
        .text = "Let me look.",
        .calls =
            {R"(call_00001 get_weather {"city":"Paris"})",
             R"(call_00002 get_time {"tz":"Europe/Paris"})"},
        .finish = FinishReason::tool_calls,
        .prompt = 40,
        .completion = 25,
        .total = 65,
    };
};

TEST_P(OneConversation, can_be_asked_of_every_provider_with_all_that_is_in_it)
{
    ASSERT_TRUE(call) << call.error().message;
    EXPECT_TRUE(call->warnings.empty()) << call->warnings.front();
    for (const auto* said : {"Be brief.", "Weather in Rome?", "Rome", "21 degrees", "get_time"})
        EXPECT_TRUE(call->request.body.contains(said)) << said;
}

TEST_P(OneConversation, has_the_same_answer_in_one_piece)
{
    ASSERT_TRUE(call);
    const auto name = std::filesystem::path(GetParam().name) / "response.json";
    EXPECT_EQ(said_at_once(*call->reader, read(name)), expected);
}

TEST_P(OneConversation, has_the_same_answer_as_a_stream)
{
    ASSERT_TRUE(call);
    const auto name = std::filesystem::path(GetParam().name) / "stream.sse";
    EXPECT_EQ(said_in_a_stream(*call->reader, read(name)), expected);
}

INSTANTIATE_TEST_SUITE_P(
    ways,
    OneConversation,
    testing::Values(
        Way{"openai", "openai", "gpt-4.1-mini"},
        Way{"openai_responses", "openai", "gpt-6.1-sol"},
        Way{"openai", "azure_openai", "my-deployment"},
        Way{"openai", "openai_compatible", "any"},
        Way{"mistral", "mistral", "mistral-small-latest"},
        Way{"anthropic", "anthropic", "claude-haiku-4-5"},
        Way{"gemini", "gemini", "gemini-2.5-flash"}
    ),
    [](const auto& info) { return concat(info.param.provider, "_", info.param.name); }
);

}  // namespace
}  // namespace sluice::test
