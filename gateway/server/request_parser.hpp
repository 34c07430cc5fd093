#pragma once

#include "server/handler.hpp"
#include "server/head_guard.hpp"
#include "server/responder.hpp"

#include <boost/beast/http/basic_parser.hpp>

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// How reading a request goes. A refusal with status 0 closes the connection without an answer.
using Reading = std::expected<void, HeadRefusal>;
inline constexpr HeadRefusal no_answer{.status = 0, .reason = {}, .message = {}};
inline constexpr HeadRefusal body_too_large{413, "body_too_large", "the request body is too large"};
inline constexpr HeadRefusal bad_chunks{
    400, "bad_framing", "the chunked request body is malformed"
};

/// Beast's parser without Beast's message: fields become views into the head, chunks are appended
/// to the body, trailers are counted and dropped.
class RequestParser final : public boost::beast::http::basic_parser<true> {
public:
    explicit RequestParser(std::vector<HeaderField>& fields);

    /// `head` has passed the guard and outlives the views taken of it.
    Reading parse_head(std::string_view head);
    /// Takes what it can of a chunked body, appends it to `body` and erases it from `input`.
    Reading parse_chunks(std::string& input, std::string& body);

    const Framing& framing() const { return framing_; }
    int trailers() const { return trailers_; }
    /// The client waits for "100 Continue" before it sends the body.
    bool expects_continue() const;
    /// Method, target and fields; the body is the session's to add.
    void describe(Request& request) const;

private:
    using Text = boost::beast::string_view;
    using BeastError = boost::system::error_code;
    using Verb = boost::beast::http::verb;
    using FieldName = boost::beast::http::field;

    void on_request_impl(Verb, Text method, Text target, int version, BeastError&) override;
    void on_response_impl(int, Text, int, BeastError&) override {}
    void on_field_impl(FieldName, Text name, Text value, BeastError&) override;
    void on_header_impl(BeastError&) override { head_done_ = true; }
    void on_body_init_impl(const boost::optional<std::uint64_t>&, BeastError&) override {}
    std::size_t on_body_impl(Text bytes, BeastError&) override { return bytes.size(); }
    void on_chunk_header_impl(std::uint64_t, Text extensions, BeastError& error) override;
    std::size_t on_chunk_body_impl(std::uint64_t, Text bytes, BeastError&) override;
    void on_finish_impl(BeastError&) override {}

    std::vector<HeaderField>& fields_;
    std::string* body_ = nullptr;
    struct {
        std::string_view method, target;
    } request_;
    Framing framing_;
    std::size_t extensions_ = 0;
    int trailers_ = 0;
    bool http10_ = false;
    bool head_done_ = false;
};

}  // namespace sluice
