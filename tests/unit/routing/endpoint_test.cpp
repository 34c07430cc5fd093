#include "routing/endpoint.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string_view>

namespace sluice {
namespace {

Endpoint endpoint_at(const std::string& base_url)
{
    ProviderConfig config;
    config.name = "p";
    config.base_url = base_url;
    return make_endpoint(config, *find_provider("openai"));
}

TEST(Endpoint, base_urls_are_taken_apart)
{
    const struct {
        const char* base_url;
        Origin origin;
        const char* path;
    } cases[] = {
        {"https://api.example.com/v1", {true, "api.example.com", 443}, "/v1"},
        {"https://api.example.com/v1/", {true, "api.example.com", 443}, "/v1"},
        {"https://api.example.com", {true, "api.example.com", 443}, ""},
        {"http://api.example.com/", {false, "api.example.com", 80}, ""},
        {"http://127.0.0.1:8080/a/b", {false, "127.0.0.1", 8080}, "/a/b"},
        {"https://[::1]:8443/v1", {true, "::1", 8443}, "/v1"},
        {"http://[2001:db8::7]", {false, "2001:db8::7", 80}, ""},
        {"", {true, "api.openai.com", 443}, "/v1"},
    };
    for (const auto& [base_url, origin, path] : cases) {
        const auto endpoint = endpoint_at(base_url);
        EXPECT_EQ(endpoint.origin, origin) << base_url;
        EXPECT_EQ(endpoint.base_path, path) << base_url;
    }
}

TEST(Endpoint, what_is_no_http_url_is_an_error)
{
    for (const auto* base_url :
         {"ftp://example.com", "example.com", "https://", "http://[::1", "a b"})
        EXPECT_THROW(endpoint_at(base_url), std::invalid_argument) << base_url;
}

TEST(Endpoint, carries_key_and_headers)
{
    ProviderConfig config;
    config.name = "mine";
    config.api_key = "secret";
    config.organization = "org-1";
    config.project = "proj-1";
    config.headers = {{"x-team", "a"}};
    const auto endpoint = make_endpoint(config, *find_provider("openai"));
    EXPECT_EQ(endpoint.provider, "mine");
    EXPECT_EQ(std::string_view(endpoint.api_key), "secret");
    EXPECT_FALSE(endpoint.own_key);
    EXPECT_EQ(find_header(endpoint.headers, "x-team"), "a");
    EXPECT_EQ(find_header(endpoint.headers, "openai-organization"), "org-1");
    EXPECT_EQ(find_header(endpoint.headers, "openai-project"), "proj-1");
}

TEST(Endpoint, only_compatible_servers_are_described_by_configuration)
{
    ProviderConfig config;
    config.base_url = "http://localhost:1";
    config.dialect.max_completion_tokens = false;
    config.dialect.unsupported = {"seed"};
    EXPECT_TRUE(make_endpoint(config, *find_provider("openai")).dialect.max_completion_tokens);
    EXPECT_EQ(
        make_endpoint(config, *find_provider("openai_compatible")).dialect.unsupported,
        config.dialect.unsupported
    );
}

TEST(Loopback, is_localhost_and_its_addresses)
{
    for (const auto* host : {"localhost", "127.0.0.1", "127.8.8.8", "::1"})
        EXPECT_TRUE(is_loopback_host(host)) << host;
    for (const auto* host : {"api.openai.com", "10.0.0.1", "localhost.example.com", "::2", ""})
        EXPECT_FALSE(is_loopback_host(host)) << host;
}

}  // namespace
}  // namespace sluice
