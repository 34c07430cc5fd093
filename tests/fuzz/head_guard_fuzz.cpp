// Whatever the head guard lets pass, Beast's parser reads too, and sees the same in it.
#include "require.hpp"
#include "server/head_guard.hpp"

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>

namespace {

namespace http = boost::beast::http;
using Parser = http::request_parser<http::empty_body>;

void compare(const sluice::RequestHead& head, const Parser& parser)
{
    const auto& message = parser.get();
    require(head.method == std::string_view(message.method_string()));
    require(head.target == std::string_view(message.target()));
    require(head.http10 == (message.version() == 10));
    require(head.close == (head.http10 || !parser.keep_alive()));
    require(head.chunked == parser.chunked());
    require(head.length.has_value() == parser.content_length().has_value());
    require(!head.length || *head.length == *parser.content_length());
    require(head.expects_continue == (!head.http10 && message.count(http::field::expect) > 0));
}

/// Beast's message has its fields in another order where a name stands there twice.
void compare_fields(const sluice::RequestHead& head, const Parser& parser)
{
    const auto& message = parser.get();
    require(head.fields.size() == std::size_t(std::distance(message.begin(), message.end())));
    for (const auto& [name, value] : head.fields) {
        const auto [first, last] = message.equal_range({name.data(), name.size()});
        require(std::any_of(first, last, [&](const auto& field) {
            return name == std::string_view(field.name_string()) &&
                   value == std::string_view(field.value());
        }));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto end = sluice::find_head_end(bytes, 0);
    const auto text = bytes.substr(0, end);
    sluice::RequestHead head;
    const auto checked = sluice::check_head(text, head);
    if (end == std::string_view::npos) {
        require(!checked);
        return 0;
    }
    if (!checked) {
        require(checked.error().status >= 400 && !checked.error().reason.empty());
        require(head.fields.empty());
        return 0;
    }

    Parser parser;
    parser.header_limit(2 * sluice::max_head_size);
    parser.body_limit(boost::none);
    boost::system::error_code error;
    const auto read = parser.put({text.data(), text.size()}, error);
    require(!error && read == text.size() && parser.is_header_done());
    compare(head, parser);
    compare_fields(head, parser);
    return 0;
}
