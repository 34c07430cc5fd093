#include "api/error_body.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(ConnectorError, of_an_upstream_has_its_status_and_provider)
{
    const Error error{
        .kind = ErrorKind::rate_limited,
        .message = "openai: \"slow down\"",
        .provider = "openai",
        .upstream_status = 429
    };
    EXPECT_EQ(
        error_reply(ErrorForm::connector, error, "req-1").body,
        R"({"success":false,"error":{"code":"rate_limited","type":"upstream","message":"openai: \"slow down\"",)"
        R"("param":null,"provider":"openai","status":429,"retryable":true,"request_id":"req-1"}})"
    );
}

TEST(ConnectorError, of_the_gateway_has_the_status_that_is_sent)
{
    const Error error{.kind = ErrorKind::invalid_request, .message = "n must be …", .param = "n"};
    EXPECT_EQ(
        error_reply(ErrorForm::connector, error, "req-1").body,
        R"({"success":false,"error":{"code":"invalid_request","type":"invalid_request","message":"n must be …",)"
        R"("param":"n","provider":null,"status":422,"retryable":false,"request_id":"req-1"}})"
    );
}

TEST(ConnectorError, tells_the_upstreams_status_where_the_gateway_sends_another)
{
    const Error error{
        .kind = ErrorKind::credential_refused, .provider = "openai", .upstream_status = 401
    };
    EXPECT_EQ(status_of(error), 502);
    EXPECT_NE(
        error_reply(ErrorForm::connector, error, "r").body.find(R"("status":401)"),
        std::string::npos
    );
}

TEST(OpenAiError, has_the_four_members)
{
    EXPECT_EQ(
        openai_error_object({.kind = ErrorKind::idle_timeout, .message = "silent"}),
        R"({"message":"silent","type":"server_error","param":null,"code":"idle_timeout"})"
    );
}

}  // namespace
}  // namespace sluice
