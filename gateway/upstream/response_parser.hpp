#pragma once

#include "core/http_head.hpp"

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/rfc7230.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace sluice {

struct ResponseHead {
    int status = 0;
    FieldLines fields;
};

/// Beast's parser for a chunked body. Each call of put yields at most one piece of it, which views
/// the bytes that were put.
class ChunkedBody final : public boost::beast::http::basic_parser<false> {
public:
    ChunkedBody();

    std::string_view take_piece() { return std::exchange(piece_, {}); }

private:
    using Text = boost::beast::string_view;
    using BeastError = boost::system::error_code;
    using Verb = boost::beast::http::verb;
    using FieldName = boost::beast::http::field;

    void on_request_impl(Verb, Text, Text, int, BeastError&) override {}
    void on_response_impl(int, Text, int, BeastError&) override {}
    void on_field_impl(FieldName, Text, Text, BeastError&) override {}  // of trailers
    void on_header_impl(BeastError&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, BeastError&) override {}
    std::size_t on_body_impl(Text body, BeastError&) override { return body.size(); }
    void on_chunk_header_impl(std::uint64_t, Text, BeastError&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, Text body, BeastError&) override
    {
        piece_ = {body.data(), body.size()};
        return body.size();
    }
    void on_finish_impl(BeastError&) override {}

    std::string_view piece_;
};

/// What a response's head says about what follows it.
struct ResponseFraming {
    bool http10 = false;
    bool chunked = false;
    ConnectionOptions connection{};
    std::optional<std::uint64_t> length{};
};

/// Takes a provider's response apart: its head at once, its body piece by piece. It is as strict as
/// Beast's parser, and its errors are Beast's.
class ResponseParser {
public:
    using ErrorCode = boost::system::error_code;

    /// What the head says goes to `head`.
    explicit ResponseParser(ResponseHead& head) : head_(head) {}

    /// Begins a response. without_body: it has none, whatever its head says.
    void begin(bool without_body);

    /// Takes the head, or at most one piece of the body, which views the bytes, off their beginning
    /// and returns how many that were. need_more: too few for one step.
    std::size_t put(std::string_view bytes, ErrorCode& error);
    /// The connection ended. True where that is how the body ends.
    bool put_eof();
    std::string_view take_piece() { return std::exchange(piece_, {}); }

    bool is_header_done() const { return stage_ != Stage::head; }
    bool is_done() const { return stage_ == Stage::done; }
    /// How much of the body is to come; nullopt: unknown, or nothing.
    std::optional<std::uint64_t> left() const;
    /// True where another response may follow this one.
    bool keeps_alive() const
    {
        return keeps_alive_ && (!chunks_ || chunks_->keep_alive());  // a trailer may end it too
    }

private:
    using Fault = boost::beast::http::error;
    enum class Stage : std::uint8_t { head, sized, chunked, until_close, done };

    std::size_t put_head(std::string_view bytes, ErrorCode& error);
    Fault take_head(std::string_view& bytes);

    ResponseHead& head_;
    Stage stage_ = Stage::head;
    bool without_body_ = false;
    bool keeps_alive_ = false;
    std::size_t seen_ = 0;    // bytes of a head that has not come to its end
    std::uint64_t left_ = 0;  // of a body of known length
    std::optional<ChunkedBody> chunks_;
    std::string_view piece_;
};

}  // namespace sluice
