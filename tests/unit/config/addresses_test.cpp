#include "config/addresses.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(HostPort, is_split_at_its_last_colon)
{
    const auto v4 = split_host_port("127.0.0.1:8006");
    ASSERT_TRUE(v4);
    EXPECT_EQ(v4->host, "127.0.0.1");
    EXPECT_EQ(v4->port, 8006);
    const auto v6 = split_host_port("[::1]:0");
    ASSERT_TRUE(v6);
    EXPECT_EQ(v6->host, "::1");
    EXPECT_EQ(v6->port, 0);
    EXPECT_TRUE(split_host_port("localhost:65535"));
}

TEST(HostPort, that_is_none_is_refused)
{
    for (const auto* text :
         {"",
          "8006",
          ":8006",
          "127.0.0.1",
          "127.0.0.1:",
          "127.0.0.1:65536",
          "127.0.0.1:-1",
          "127.0.0.1:8x",
          "::1:8006",
          "[::1]",
          "[nonsense]:80",
          "a b:80",
          "http://x:80"})
        EXPECT_FALSE(split_host_port(text)) << text;
}

TEST(Loopback, is_this_machine_only)
{
    for (const auto* host : {"localhost", "127.0.0.1", "127.8.9.10", "::1"})
        EXPECT_TRUE(is_loopback(host)) << host;
    for (const auto* host : {"0.0.0.0", "::", "10.0.0.1", "example.com", "localhost.example.com"})
        EXPECT_FALSE(is_loopback(host)) << host;
}

TEST(BaseUrl, is_http_with_a_host_and_perhaps_a_path)
{
    for (const auto* url :
         {"https://api.example.com/v1",
          "https://api.example.com",
          "https://x:8443/",
          "http://127.0.0.1:11434/v1",
          "http://[::1]:80/v1"}) {
        EXPECT_EQ(check_base_url(url).complaint, std::nullopt) << url;
        EXPECT_FALSE(check_base_url(url).insecure) << url;
    }
    for (const auto* url :
         {"",
          "api.example.com/v1",
          "ftp://x/",
          "https://",
          "https:///v1",
          "https://x:0/",
          "https://x:99999/",
          "https://user:pass@x/",
          "https://x/?a=b",
          "https://x/#f",
          "https://x y/"})
        EXPECT_NE(check_base_url(url).complaint, std::nullopt) << url;
    EXPECT_TRUE(check_base_url("http://10.0.0.7/v1").insecure);
}

TEST(CorsOrigin, is_what_a_browser_sends)
{
    for (const auto* origin : {"*", "https://app.example.com", "http://localhost:3000"})
        EXPECT_EQ(check_cors_origin(origin), std::nullopt) << origin;
    for (const auto* origin :
         {"", "app.example.com", "https://app.example.com/", "https://x/path", "https://*.x?"})
        EXPECT_NE(check_cors_origin(origin), std::nullopt) << origin;
}

}  // namespace
}  // namespace sluice
