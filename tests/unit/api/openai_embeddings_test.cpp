#include "api/openai_embeddings.hpp"

#include "unit/api/rule_cases.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

std::string many(int n, const std::string& element)
{
    std::string out = "[";
    for (int i = 0; i < n; ++i) out += (i ? "," : "") + element;
    return out + "]";
}

class EmbeddingsField : public testing::TestWithParam<RuleCase> {};

TEST_P(EmbeddingsField, keeps_its_rule)
{
    const auto& field = GetParam().field;
    expect_rule(GetParam(), parse_embeddings_request, [&](const std::string& value) {
        const std::string input = field == "input" ? "" : R"("input":"a",)";
        return "{" + input + "\"" + field + "\":" + value + "}";
    });
}

const RuleCase embeddings_fields[] = {
    {"input",
     {R"("text")",
      R"(["a","b"])",
      "[1,2,3]",
      "[[1,2],[3]]",
      many(2048, R"("a")"),
      many(2048, "[1]"),
      many(5000, "7")},
     {{"null", "input", "is required"},
      {R"("")", "input", "must be a non-empty string; got an empty one"},
      {"7", "input", "must be a string or an array; got a number"},
      {"[]", "input", "must not be empty"},
      {R"(["a",""])", "input[1]", "must be a non-empty string; got an empty one"},
      {R"(["a",1])", "input[1]", "must be a non-empty string; got a number"},
      {R"([1,"a"])", "input[1]", "must be an integer of at least 0; got a string"},
      {"[1,-1]", "input[1]", "must be an integer of at least 0; got -1"},
      {"[1,1.5]", "input[1]", "must be an integer of at least 0; got 1.5"},
      {"[[1],[]]", "input[1]", "must not be empty"},
      {"[[1],2]", "input[1]", "must be an array; got a number"},
      {R"([[1,"a"]])", "input[0][1]", "must be an integer of at least 0; got a string"},
      {"[null]", "input[0]", "must be a string, a token id or an array of token ids; got null"},
      {many(2049, R"("a")"), "input", "must have at most 2048 inputs; got 2049"},
      {many(2049, "[1]"), "input", "must have at most 2048 inputs; got 2049"}}},
    {"model",
     {R"("text-embedding-3-small")", "null"},
     {{"1", "model", "must be a string; got a number"}}},
    {"dimensions",
     {"1", "null"},
     {{"0", "dimensions", "must be an integer of at least 1; got 0"},
      {"2.5", "dimensions", "must be an integer of at least 1; got 2.5"}}},
    {"encoding_format",
     {R"("float")", R"("base64")", "null"},
     {{R"("hex")", "encoding_format", "must be one of float, base64; got another string"}}},
    {"user", {R"("u")", "null"}, {{"{}", "user", "must be a string; got an object"}}},
};
INSTANTIATE_TEST_SUITE_P(rules, EmbeddingsField, testing::ValuesIn(embeddings_fields), rule_name);

TEST(EmbeddingsRequest, has_what_routing_reads)
{
    const auto request =
        parse_embeddings_request(R"({"input":["a"],"model":"m","dimensions":256,"x":1e400})");
    ASSERT_TRUE(request);
    EXPECT_EQ(request->model, "m");
    EXPECT_EQ(request->dimensions, 256);
    EXPECT_FALSE(request->token_input);
    EXPECT_EQ(
        request->document.text(), R"({"input":["a"],"model":"m","dimensions":256,"x":1e400})"
    );
}

TEST(EmbeddingsRequest, knows_token_ids_from_text)
{
    EXPECT_FALSE(parse_embeddings_request(R"({"input":"a"})")->token_input);
    EXPECT_TRUE(parse_embeddings_request(R"({"input":[1]})")->token_input);
    EXPECT_TRUE(parse_embeddings_request(R"({"input":[[1]]})")->token_input);
    EXPECT_FALSE(parse_embeddings_request(R"({"input":[1],"input":"a"})")->token_input);
}

TEST(EmbeddingsRequest, text_that_is_no_json_is_malformed)
{
    EXPECT_EQ(parse_embeddings_request("input=a").error().kind, ErrorKind::malformed);
}

}  // namespace
}  // namespace sluice
