#include "server/chunk_decoder.hpp"

#include <algorithm>
#include <string_view>

namespace sluice {
namespace {

namespace http = boost::beast::http;

constexpr std::size_t max_extensions = 4 * 1024;  // of all chunks of one body together
constexpr std::string_view chunked_head = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";

}  // namespace

ChunkDecoder::ChunkDecoder(std::uint64_t limit)
{
    header_limit(2 * max_head_size);  // of a chunk's header
    body_limit(limit);
    eager(true);
    BeastError error;
    put({chunked_head.data(), chunked_head.size()}, error);
}

Reading ChunkDecoder::decode(std::string& input, std::string& body)
{
    BeastError error;
    body_ = &body;
    input.erase(0, put({input.data(), input.size()}, error));
    if (error == http::error::body_limit) return std::unexpected(body_too_large);
    if (error && error != http::error::need_more) return std::unexpected(bad_chunks);
    return {};
}

void ChunkDecoder::on_chunk_header_impl(std::uint64_t, Text extensions, BeastError& error)
{
    constexpr auto is_control = [](unsigned char c) { return c < 0x20 && c != '\t'; };
    extensions_ += extensions.size();
    if (extensions_ > max_extensions || std::ranges::any_of(extensions, is_control))
        error = http::error::bad_chunk_extension;
}

std::size_t ChunkDecoder::on_chunk_body_impl(std::uint64_t, Text bytes, BeastError&)
{
    body_->append(bytes.data(), bytes.size());
    return bytes.size();
}

}  // namespace sluice
