#pragma once

#include "server/head_guard.hpp"

#include <boost/beast/http/basic_parser.hpp>

#include <cstdint>
#include <expected>
#include <string>

namespace sluice {

/// How reading a request goes. A refusal with status 0 closes the connection without an answer.
using Reading = std::expected<void, HeadRefusal>;
inline constexpr HeadRefusal no_answer{.status = 0, .reason = {}, .message = {}};
inline constexpr HeadRefusal body_too_large{413, "body_too_large", "the request body is too large"};
inline constexpr HeadRefusal bad_chunks{
    400, "bad_framing", "the chunked request body is malformed"
};

/// Beast's parser for a chunked body: chunks are appended to the body, trailers are counted and
/// dropped. The head is the guard's; the parser has been fed the least one that has such a body.
class ChunkDecoder final : public boost::beast::http::basic_parser<true> {
public:
    /// limit: of the body's size.
    explicit ChunkDecoder(std::uint64_t limit);

    /// Takes what it can of the input, appends it to `body` and erases it from `input`.
    Reading decode(std::string& input, std::string& body);

    int trailers() const { return trailers_; }

private:
    using Text = boost::beast::string_view;
    using BeastError = boost::system::error_code;
    using Verb = boost::beast::http::verb;
    using FieldName = boost::beast::http::field;

    void on_request_impl(Verb, Text, Text, int, BeastError&) override {}
    void on_response_impl(int, Text, int, BeastError&) override {}
    void on_field_impl(FieldName, Text, Text, BeastError&) override
    {
        trailers_ += is_header_done();
    }
    void on_header_impl(BeastError&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, BeastError&) override {}
    std::size_t on_body_impl(Text bytes, BeastError&) override { return bytes.size(); }
    void on_chunk_header_impl(std::uint64_t, Text extensions, BeastError& error) override;
    std::size_t on_chunk_body_impl(std::uint64_t, Text bytes, BeastError&) override;
    void on_finish_impl(BeastError&) override {}

    std::string* body_ = nullptr;
    std::size_t extensions_ = 0;
    int trailers_ = 0;
};

}  // namespace sluice
