#include "tokens/token_counter.hpp"

#include "tokens/estimate.hpp"
#include "unit/tokens/made_up_ranks.hpp"
#include "unit/tokens/samples.hpp"

#include <gmock/gmock.h>

#include <cstdlib>

namespace sluice {
namespace {

using test::made_up_ranks;

std::shared_ptr<const Encoding> encoding(EncodingKind kind)
{
    return std::make_shared<const Encoding>(kind, made_up_ranks());
}

/// Both encodings have the made-up ranks, in which "hello" and "user" are one token and four.
const TokenCounter& counter()
{
    static const TokenCounter instance(
        encoding(EncodingKind::o200k_base), encoding(EncodingKind::cl100k_base)
    );
    return instance;
}

json::Document document(std::string text)
{
    auto parsed = json::Document::parse(std::move(text));
    EXPECT_TRUE(parsed) << parsed.error().message;
    return parsed ? *std::move(parsed) : json::Document();
}

TokenCount chat(std::string text, std::string_view model = "gpt-4o")
{
    return counter().count_chat(model, "openai", document(std::move(text)));
}

std::int64_t message(std::string_view text)
{
    return counter().count_message("gpt-4o", "openai", text).tokens;
}

TEST(TokenCounter, a_known_model_is_counted_exactly)
{
    const auto count = counter().count("gpt-4o", "openai", "hello hello");
    EXPECT_EQ(count.tokens, 3);
    EXPECT_TRUE(count.exact);
}

TEST(TokenCounter, each_model_has_its_own_encoding)
{
    const std::string camel = "aA";  // two pieces in o200k_base, one in cl100k_base
    const TokenCounter only_cl100k(nullptr, encoding(EncodingKind::cl100k_base));
    EXPECT_TRUE(only_cl100k.count("gpt-4", "openai", camel).exact);
    EXPECT_FALSE(only_cl100k.count("gpt-4o", "openai", camel).exact);
    const TokenCounter only_o200k(encoding(EncodingKind::o200k_base), nullptr);
    EXPECT_FALSE(only_o200k.count("gpt-4", "openai", camel).exact);
    EXPECT_TRUE(only_o200k.count("gpt-4o", "openai", camel).exact);
}

TEST(TokenCounter, an_unpublished_encoding_is_guessed_from_o200k)
{
    const std::string ten = "hello1hello1hello1hello1hello1";
    EXPECT_EQ(counter().count("gpt-6-luna", "openai", ten).tokens, 10);
    EXPECT_EQ(counter().count("mistral-small", "mistral", ten).tokens, 11);
    EXPECT_EQ(counter().count("claude-opus-5", "anthropic", ten).tokens, 12);
    EXPECT_EQ(counter().count("llama3", "openai_compatible", ten).tokens, 13);
    EXPECT_EQ(counter().count("claude-opus-5", "anthropic", "hello").tokens, 2);  // rounded up
    for (const auto model : {"gpt-6-luna", "mistral-small", "claude-opus-5", "llama3"})
        EXPECT_FALSE(counter().count(model, "", ten).exact) << model;
}

TEST(TokenCounter, without_ranks_it_never_counts_too_few)
{
    const TokenCounter estimating;
    for (const auto& sample : test::samples()) {
        const auto newer = estimating.count("gpt-4o", "openai", sample.text);
        EXPECT_GE(newer.tokens, sample.o200k) << sample.name;
        EXPECT_FALSE(newer.exact);
        EXPECT_GE(estimating.count("gpt-4", "openai", sample.text).tokens, sample.cl100k)
            << sample.name;
        EXPECT_GE(estimating.count("claude-opus-5", "anthropic", sample.text).tokens, newer.tokens);
    }
}

TEST(TokenCounter, a_message_has_a_frame_a_role_a_name_and_content)
{
    // "user" and "tool" have no merges: four tokens each.
    EXPECT_EQ(message(R"({"role":"user","content":"hello"})"), 3 + 4 + 1);
    EXPECT_EQ(message(R"({"content":"hello","role":"user"})"), 3 + 4 + 1);
    EXPECT_EQ(message(R"({"role":"user","name":"hello","content":"hello"})"), 3 + 4 + 2 + 1);
    EXPECT_EQ(message(R"({"role":"user","content":"he\u006Clo"})"), 3 + 4 + 1);
    EXPECT_EQ(message(R"({"role":"user","content":null})"), 3 + 4);
    EXPECT_EQ(
        message(R"({"role":"user","content":[{"type":"text","text":"hello"},)"
                R"({"text":"hello","type":"text"},{"type":"refusal","refusal":"hello"}]})"),
        3 + 4 + 3
    );
}

TEST(TokenCounter, a_chat_is_its_messages_and_the_start_of_the_reply)
{
    const auto count =
        chat(R"({"model":"gpt-4o","temperature":0.5,"messages":[{"role":"user","content":"hello"},)"
             R"({"role":"user","content":"hello"}]})");
    EXPECT_EQ(count.tokens, 3 + 2 * (3 + 4 + 1));
    EXPECT_TRUE(count.exact);
    EXPECT_EQ(chat("{}").tokens, 3);
}

TEST(TokenCounter, attachments_are_assumed_to_be_large)
{
    const auto part = [](std::string_view json) {
        const auto count = chat(concat(R"({"messages":[{"role":"user","content":[)", json, "]}]}"));
        EXPECT_FALSE(count.exact) << json.substr(0, 40);
        return count.tokens - 3 - 3 - 4;
    };
    const std::string data(100'000, 'A');  // is not counted as text
    EXPECT_EQ(
        part(concat(R"({"type":"image_url","image_url":{"url":"data:,)", data, R"("}})")), 1500
    );
    EXPECT_EQ(part(R"({"type":"image_url","image_url":{"url":"u","detail":"high"}})"), 1500);
    EXPECT_EQ(part(R"({"type":"image_url","image_url":{"detail":"low","url":"u"}})"), 85);
    EXPECT_EQ(
        part(concat(R"({"type":"input_audio","input_audio":{"data":")", data, R"("}})")), 1500
    );
    EXPECT_EQ(part(R"({"type":"file","file":{"file_id":"f"}})"), 1500);
}

TEST(TokenCounter, what_the_provider_renders_in_its_own_way_makes_a_count_inexact)
{
    const std::string messages = R"("messages":[{"role":"user","content":"hello"}])";
    const auto plain = chat("{" + messages + "}");
    const auto more = [&](const std::string& members) {
        const auto count = chat("{" + messages + "," + members + "}");
        EXPECT_FALSE(count.exact) << members;
        return count.tokens - plain.tokens;
    };
    const std::string tool = R"({"type":"function","function":{"name":"hello","parameters":{}}})";
    const auto tool_text = counter().count("gpt-4o", "openai", tool).tokens;
    EXPECT_EQ(more("\"tools\":[" + tool + "," + tool + "]"), 2 * (12 + tool_text));
    EXPECT_EQ(more("\"functions\":[" + tool + "]"), 12 + tool_text);
    const std::string schema = R"({"name":"hello","schema":{"type":"object"}})";
    EXPECT_EQ(
        more(R"("response_format":{"type":"json_schema","json_schema":)" + schema + "}"),
        counter().count("gpt-4o", "openai", schema).tokens
    );
    EXPECT_TRUE(chat("{" + messages + R"(,"response_format":{"type":"text"}})").exact);
    EXPECT_TRUE(chat("{" + messages + R"(,"tools":[]})").exact);
}

TEST(TokenCounter, calls_of_tools_count_with_their_arguments)
{
    const std::string calls =
        R"([{"id":"1","type":"function","function":{"name":"hello","arguments":"{}"}}])";
    const auto turn = R"({"messages":[{"role":"user","content":null,"tool_calls":)" + calls + "}]}";
    const auto count = chat(turn);
    EXPECT_EQ(count.tokens, 3 + 3 + 4 + counter().count("gpt-4o", "openai", calls).tokens);
    EXPECT_FALSE(count.exact);
    EXPECT_TRUE(chat(R"({"messages":[{"role":"user","content":"a","tool_calls":null}]})").exact);
}

TEST(TokenCounter, a_chat_of_another_shape_is_counted_as_far_as_it_goes)
{
    EXPECT_EQ(chat(R"({"messages":"hello"})").tokens, 3);
    EXPECT_EQ(chat(R"({"messages":[1,[],"x"],"tools":{}})").tokens, 3 + 3 * 3);
    EXPECT_EQ(chat(R"({"messages":[{"role":1,"content":{},"name":2}]})").tokens, 3 + 3);
    EXPECT_EQ(message(R"({"role":"user","content":["hello",{"image_url":"u"}]})"), 3 + 4 + 1500);
}

TEST(TokenCounter, loads_the_rank_files_of_a_directory_or_says_which_is_wrong)
{
    const auto none = TokenCounter::load("");
    ASSERT_TRUE(none);
    EXPECT_FALSE(none->count("gpt-4o", "openai", "hello").exact);

    const auto missing = TokenCounter::load("/nowhere");
    ASSERT_FALSE(missing);
    EXPECT_THAT(missing.error().message, testing::HasSubstr("/nowhere/o200k_base.tiktoken"));
}

TEST(TokenCounter, with_the_published_files_the_samples_come_out_right)
{
    const char* directory = std::getenv("SLUICE_TOKENIZERS");
    if (!directory)
        GTEST_SKIP() << "SLUICE_TOKENIZERS is not set, so that exact counts are NOT tested: run "
                        "deploy/tokenizers.sh and set it to the directory.";
    const auto loaded = TokenCounter::load(directory);
    ASSERT_TRUE(loaded) << loaded.error().message;
    for (const auto& sample : test::samples()) {
        EXPECT_EQ(loaded->count("gpt-4o", "openai", sample.text).tokens, sample.o200k);
        EXPECT_EQ(loaded->count("gpt-4", "openai", sample.text).tokens, sample.cl100k);
    }
}

}  // namespace
}  // namespace sluice
