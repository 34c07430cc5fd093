// Whatever the head guard lets pass, Beast's parser reads too, and sees the same fields in it.
#include "server/head_guard.hpp"

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iterator>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    namespace http = boost::beast::http;

    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto end = sluice::find_head_end(bytes, 0);
    const auto head = bytes.substr(0, end);
    const auto checked = sluice::check_head(head);
    if (end == std::string_view::npos) {
        if (checked) std::abort();
        return 0;
    }
    if (!checked) {
        if (checked.error().status < 400 || checked.error().reason.empty()) std::abort();
        return 0;
    }

    http::request_parser<http::empty_body> parser;
    parser.header_limit(2 * sluice::max_head_size);
    parser.body_limit(boost::none);
    boost::system::error_code error;
    const auto read = parser.put({head.data(), head.size()}, error);
    if (error || read != head.size() || !parser.is_header_done()) std::abort();
    const auto fields = std::distance(parser.get().begin(), parser.get().end());
    const auto lines = std::ranges::count(head, '\n') - 2;  // the request line and the blank one
    if (fields != lines) std::abort();
    return 0;
}
