// The description of the API and the page made from it, as a browser or a generator fetches them.
#include "support/calls.hpp"
#include "support/test_gateway.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace sluice::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr auto pages = {"/openapi.json", "/docs", "/docs/style.css"};

/// Nobody may call a model without a key.
TestGateway locked_gateway()
{
    return TestGateway({{"main", "http://127.0.0.1:9"}}, [](Config& config) {
        config.auth.keys.push_back({.name = "one", .sha256 = std::string(64, 'a')});
    });
}

TEST(Openapi, is_served_to_everybody)
{
    const auto gateway = locked_gateway();
    EXPECT_EQ(get(gateway.port(), "/v1/models").status, 401);
    const auto answer = get(gateway.port(), "/openapi.json");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.header("content-type"), "application/json");
    EXPECT_EQ(at(answer.body, "/openapi"), R"("3.1.0")");
    EXPECT_EQ(at(answer.body, "/info/version"), '"' + std::string(SLUICE_VERSION) + '"');
    EXPECT_NE(at(answer.body, "/paths/~1v1~1chat~1completions/post"), "(none)");
}

TEST(Openapi, is_not_sent_again_to_whoever_has_it)
{
    const auto gateway = locked_gateway();
    for (const auto* page : pages) {
        const auto first = get(gateway.port(), page);
        const auto tag = std::string(first.header("etag"));
        EXPECT_EQ(first.status, 200) << page;
        EXPECT_EQ(first.header("cache-control"), "no-cache") << page;
        ASSERT_EQ(tag.size(), 18U) << page;

        const auto again = get(gateway.port(), page, "If-None-Match: W/" + tag + "\r\n");
        EXPECT_EQ(again.status, 304) << page;
        EXPECT_EQ(again.body, "") << page;
        EXPECT_EQ(again.header("etag"), tag) << page;
        EXPECT_EQ(get(gateway.port(), page, "If-None-Match: \"other\"\r\n").status, 200) << page;
    }
}

TEST(Docs, is_a_page_that_may_load_its_style_alone)
{
    const auto gateway = locked_gateway();
    const auto page = get(gateway.port(), "/docs");
    EXPECT_EQ(page.header("content-type"), "text/html; charset=utf-8");
    EXPECT_EQ(
        page.header("content-security-policy"),
        "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri "
        "'none'; form-action 'none'"
    );
    EXPECT_EQ(page.header("x-content-type-options"), "nosniff");
    EXPECT_THAT(page.body, StartsWith("<!doctype html>"));
    EXPECT_THAT(page.body, HasSubstr("href=\"docs/style.css\""));
    EXPECT_THAT(page.body, Not(HasSubstr("<script")));
    const auto style = get(gateway.port(), "/docs/style.css");
    EXPECT_EQ(style.header("content-type"), "text/css; charset=utf-8");
    EXPECT_THAT(style.body, HasSubstr("prefers-color-scheme: dark"));
    EXPECT_EQ(get(gateway.port(), "/docs/other.css").status, 404);
}

}  // namespace
}  // namespace sluice::test
