#include "core/error.hpp"

#include <gtest/gtest.h>

#include <set>

namespace sluice {
namespace {

struct Row {
    ErrorKind kind;
    std::string_view code;
    int status;
    std::string_view type;
    bool transient;
};

constexpr Row table[] = {
    {ErrorKind::malformed, "malformed_request", 400, "invalid_request", false},
    {ErrorKind::invalid_request, "invalid_request", 422, "invalid_request", false},
    {ErrorKind::unauthorized, "unauthorized", 401, "authentication", false},
    {ErrorKind::not_found, "not_found", 404, "invalid_request", false},
    {ErrorKind::method_not_allowed, "method_not_allowed", 405, "invalid_request", false},
    {ErrorKind::unknown_provider, "unknown_provider", 404, "invalid_request", false},
    {ErrorKind::payload_too_large, "payload_too_large", 413, "invalid_request", false},
    {ErrorKind::unfit, "unsupported_by_target", 422, "invalid_request", false},
    {ErrorKind::cancelled, "cancelled", 499, "invalid_request", false},
    {ErrorKind::internal, "internal_error", 500, "gateway", false},
    {ErrorKind::limited, "limit_exceeded", 429, "limit", true},
    {ErrorKind::overloaded_here, "gateway_overloaded", 503, "gateway", true},
    {ErrorKind::circuit_open, "circuit_open", 503, "gateway", true},
    {ErrorKind::not_configured, "provider_not_configured", 503, "gateway", false},
    {ErrorKind::connect_timeout, "connect_timeout", 504, "upstream", true},
    {ErrorKind::response_timeout, "response_timeout", 504, "upstream", true},
    {ErrorKind::first_token_timeout, "first_token_timeout", 504, "upstream", true},
    {ErrorKind::idle_timeout, "idle_timeout", 504, "upstream", true},
    {ErrorKind::deadline_exceeded, "deadline_exceeded", 504, "upstream", true},
    {ErrorKind::unreachable, "upstream_unreachable", 502, "upstream", true},
    {ErrorKind::rejected, "upstream_rejected", 400, "upstream", false},
    {ErrorKind::unsupported_parameter, "unsupported_parameter", 400, "upstream", false},
    {ErrorKind::context_too_long, "context_length_exceeded", 400, "upstream", false},
    {ErrorKind::content_filtered, "content_filtered", 400, "upstream", false},
    {ErrorKind::credential_refused, "upstream_auth_failed", 502, "upstream", false},
    {ErrorKind::quota_exhausted, "quota_exhausted", 429, "upstream", false},
    {ErrorKind::model_gone, "model_not_found", 404, "upstream", false},
    {ErrorKind::rate_limited, "rate_limited", 429, "upstream", true},
    {ErrorKind::overloaded, "upstream_overloaded", 503, "upstream", true},
    {ErrorKind::server_error, "upstream_error", 502, "upstream", true},
    {ErrorKind::bad_response, "bad_response", 502, "upstream", true},
    {ErrorKind::stream_interrupted, "stream_interrupted", 502, "upstream", true},
};

TEST(ErrorKind, each_has_its_code_status_type_and_advice)
{
    for (const auto& row : table) {
        EXPECT_EQ(code_of(row.kind), row.code);
        EXPECT_EQ(status_of({.kind = row.kind}), row.status) << row.code;
        EXPECT_EQ(type_of({.kind = row.kind}), row.type) << row.code;
        EXPECT_EQ(is_transient(row.kind), row.transient) << row.code;
    }
}

TEST(ErrorKind, the_table_is_complete_and_no_code_stands_twice)
{
    std::set<ErrorKind> kinds;
    std::set<std::string_view> codes;
    for (const auto& row : table) {
        kinds.insert(row.kind);
        codes.insert(row.code);
    }
    EXPECT_EQ(kinds.size(), error_kind_count);
    EXPECT_EQ(codes.size(), error_kind_count);
}

TEST(ErrorStatus, a_rejection_keeps_the_providers_4xx)
{
    const auto status = [](int upstream) {
        return status_of({.kind = ErrorKind::rejected, .upstream_status = upstream});
    };
    EXPECT_EQ(status(422), 422);
    EXPECT_EQ(status(400), 400);
    EXPECT_EQ(status(200), 400);  // an error in the body of a success
    EXPECT_EQ(status(0), 400);
}

TEST(ErrorStatus, a_refused_key_is_the_callers_fault_only_where_it_is_the_callers_key)
{
    const auto status = [](int upstream, bool own_key) {
        return status_of(
            {.kind = ErrorKind::credential_refused, .upstream_status = upstream, .own_key = own_key}
        );
    };
    EXPECT_EQ(status(401, false), 502);
    EXPECT_EQ(status(403, false), 502);
    EXPECT_EQ(status(401, true), 401);
    EXPECT_EQ(status(403, true), 403);
}

TEST(Concat, joins_pieces_of_any_text_type)
{
    EXPECT_EQ(concat("a", std::string("b"), std::string_view("c"), ""), "abc");
}

}  // namespace
}  // namespace sluice
