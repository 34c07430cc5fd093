#include "admission/authenticator.hpp"

#include "admission/limiter.hpp"
#include "core/digest.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

GatewayKeyConfig key(std::string name, std::string_view secret)
{
    GatewayKeyConfig config;
    config.name = name;
    config.tenant = name + "-tenant";
    config.sha256 = sha256_hex(secret);
    return config;
}

Limiter limiter;

const Authenticator& authenticator()
{
    static const Authenticator two{
        AuthConfig{.keys = {key("first", "sk-one"), key("second", "sk-two")}}, limiter
    };
    return two;
}

TEST(Authenticator, a_key_names_its_caller)
{
    for (const auto* header : {"Bearer sk-two", "bearer sk-two", "BEARER   sk-two  "}) {
        const auto caller = authenticator().authenticate(header);
        ASSERT_TRUE(caller) << header;
        EXPECT_EQ((*caller)->name, "second");
        EXPECT_EQ((*caller)->tenant, "second-tenant");
        EXPECT_EQ((*caller)->limits, &limiter.of("second"));
        EXPECT_EQ((*caller)->key_id, sha256_hex("sk-two").substr(0, 8));
    }
    EXPECT_EQ((*authenticator().authenticate("Bearer sk-one"))->name, "first");
}

TEST(Authenticator, whatever_is_wrong_the_answer_is_the_same)
{
    std::string message;
    for (const auto* header :
         {"",
          "Bearer",
          "Bearer ",
          "Bearer sk-three",
          "Bearer sk-one2",
          "Bearer sk-on",
          "sk-one",
          "Basic c2stb25lOg==",
          "Bearersk-one",
          "Bearer sk-one sk-two"}) {
        const auto caller = authenticator().authenticate(header);
        ASSERT_FALSE(caller) << header;
        EXPECT_EQ(caller.error().kind, ErrorKind::unauthorized);
        if (message.empty()) message = caller.error().message;
        EXPECT_EQ(caller.error().message, message);
    }
}

TEST(Authenticator, the_digest_itself_is_no_key)
{
    EXPECT_FALSE(authenticator().authenticate("Bearer " + sha256_hex("sk-one")));
}

TEST(Authenticator, an_empty_key_never_authenticates)
{
    const Authenticator empty{AuthConfig{.keys = {key("empty", "")}}, limiter};
    EXPECT_FALSE(empty.authenticate("Bearer "));
    EXPECT_FALSE(empty.authenticate(""));
}

TEST(Authenticator, without_keys_everybody_is_the_anonymous_caller)
{
    const Authenticator open{AuthConfig{}, limiter};
    EXPECT_FALSE(open.required());
    for (const auto* header : {"", "Bearer whatever"}) {
        const auto caller = open.authenticate(header);
        ASSERT_TRUE(caller);
        EXPECT_EQ((*caller)->name, "anonymous");
        EXPECT_FALSE((*caller)->limits);
        EXPECT_EQ((*caller)->tenant, "default");
        EXPECT_EQ((*caller)->key_id, "");
    }
    EXPECT_TRUE(authenticator().required());
}

}  // namespace
}  // namespace sluice
