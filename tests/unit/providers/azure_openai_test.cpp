#include "support/provider_cases.hpp"

namespace sluice::test {
namespace {

class AzureAnswer : public testing::TestWithParam<Fixture> {};
TEST_P(AzureAnswer, becomes_canonical)
{
    expect_decodes(GetParam());
}
INSTANTIATE_TEST_SUITE_P(
    fixtures,
    AzureAnswer,
    testing::ValuesIn(fixtures("azure_openai", "expected.json")),
    fixture_name
);

class AzureStream : public testing::TestWithParam<Fixture> {};
TEST_P(AzureStream, becomes_canonical_deltas)
{
    expect_replays(GetParam());
}
INSTANTIATE_TEST_SUITE_P(
    fixtures,
    AzureStream,
    testing::ValuesIn(fixtures("azure_openai", "upstream_response.sse")),
    fixture_name
);

/// A resource in Azure with one deployment, gpt-4o by the name of "mine".
class Azure : public testing::Test {
protected:
    Azure()
    {
        endpoint.provider = "azure";
        endpoint.base_path = "/openai/v1";
        endpoint.api_key = "k-1";
        deployment.endpoint = &endpoint;
        deployment.model = "mine";
    }

    Endpoint endpoint;
    Deployment deployment;
    const Translator& translator = *find_provider("azure_openai")->translator;

    HttpRequest chat_request()
    {
        const auto chat = chat_of(R"({"messages":[{"role":"user","content":"Hi"}]})");
        return translator.encode(chat, deployment, {}).value().request;
    }
    HttpRequest embeddings_request()
    {
        EmbeddingsRequest request;
        request.document = json::Document::parse(R"({"input":"a"})").value();
        return translator.encode_embeddings(request, deployment, {}).value().request;
    }
};

TEST_F(Azure, gets_the_key_in_a_header_of_its_own)
{
    const auto request = chat_request();
    EXPECT_EQ(find_header(request.headers, "api-key"), "k-1");
    EXPECT_EQ(find_header(request.headers, "authorization"), "");
}

TEST_F(Azure, gets_a_token_of_entra_as_the_bearer_token_that_it_is)
{
    endpoint.api_key = "eyJhbGciOi.eyJzdWIi.c2ln";
    const auto request = chat_request();
    EXPECT_EQ(find_header(request.headers, "authorization"), "Bearer eyJhbGciOi.eyJzdWIi.c2ln");
    EXPECT_EQ(find_header(request.headers, "api-key"), "");
}

TEST_F(Azure, v1_has_the_paths_of_openai_and_the_deployment_as_the_model)
{
    const auto request = chat_request();
    EXPECT_EQ(request.target, "/openai/v1/chat/completions");
    EXPECT_EQ(json::parse_tree(request.body)->at("model").as_string(), "mine");
    EXPECT_EQ(translator.encode_models(endpoint).target, "/openai/v1/models");
}

TEST_F(Azure, the_dated_api_has_the_deployment_and_the_version_in_the_path)
{
    endpoint.base_path = "/openai";
    endpoint.api_version = "2024-10-21";
    EXPECT_EQ(
        chat_request().target, "/openai/deployments/mine/chat/completions?api-version=2024-10-21"
    );
    EXPECT_EQ(
        embeddings_request().target, "/openai/deployments/mine/embeddings?api-version=2024-10-21"
    );
    EXPECT_EQ(translator.encode_models(endpoint).target, "/openai/models?api-version=2024-10-21");
}

}  // namespace
}  // namespace sluice::test
