#pragma once

#include "core/http.hpp"

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace sluice {

struct ResponseHead {
    int status = 0;
    Headers headers;  ///< strings keep their memory from one response to the next
};

/// Beast's parser for one response. Each call of put yields at most one piece of the body, which
/// views the bytes that were put.
class ResponseParser final : public boost::beast::http::basic_parser<false> {
public:
    ResponseParser(ResponseHead& head, bool without_body);

    std::string_view take_piece() { return std::exchange(piece_, {}); }

private:
    using Text = boost::beast::string_view;
    using BeastError = boost::system::error_code;
    using Verb = boost::beast::http::verb;
    using FieldName = boost::beast::http::field;

    void on_request_impl(Verb, Text, Text, int, BeastError&) override {}
    void on_response_impl(int code, Text, int, BeastError&) override { head_.status = code; }
    void on_field_impl(FieldName, Text name, Text value, BeastError&) override;
    void on_header_impl(BeastError&) override { head_.headers.resize(fields_); }
    void on_body_init_impl(const boost::optional<std::uint64_t>&, BeastError&) override {}
    std::size_t on_body_impl(Text body, BeastError&) override { return keep(body); }
    void on_chunk_header_impl(std::uint64_t, Text, BeastError&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, Text body, BeastError&) override
    {
        return keep(body);
    }
    void on_finish_impl(BeastError&) override {}

    std::size_t keep(Text body)
    {
        piece_ = {body.data(), body.size()};
        return body.size();
    }

    ResponseHead& head_;
    std::size_t fields_ = 0;
    std::string_view piece_;
};

}  // namespace sluice
