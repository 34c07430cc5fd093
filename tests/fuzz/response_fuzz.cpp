// A response that Beast's parser reads, ours reads, and sees the same in it; what Beast's refuses,
// ours refuses; and that it comes in pieces makes no difference.
#include "require.hpp"
#include "upstream/read_buffer.hpp"
#include "upstream/response_parser.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace {

namespace http = boost::beast::http;
using ErrorCode = boost::system::error_code;

constexpr std::size_t max_folded = 4096;  // of a value, where Beast has no more room

/// What was read of a response.
struct Seen {
    bool refused = false;
    bool head = false;
    bool whole = false;
    bool until_close = false;
    bool keeps_alive = false;
    int status = 0;
    std::vector<std::pair<std::string, std::string>> fields;
    std::string body;

    bool operator==(const Seen&) const = default;
};

class Oracle final : public http::basic_parser<false> {
public:
    explicit Oracle(Seen& seen) : seen_(seen) {}

private:
    using Text = boost::beast::string_view;

    void on_request_impl(http::verb, Text, Text, int, ErrorCode&) override {}
    void on_response_impl(int code, Text, int, ErrorCode&) override { seen_.status = code; }
    void on_field_impl(http::field, Text name, Text value, ErrorCode&) override
    {
        if (!is_header_done()) seen_.fields.emplace_back(name, value);
    }
    void on_header_impl(ErrorCode&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, ErrorCode&) override {}
    std::size_t on_body_impl(Text body, ErrorCode&) override { return keep(body); }
    void on_chunk_header_impl(std::uint64_t, Text, ErrorCode&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, Text body, ErrorCode&) override
    {
        return keep(body);
    }
    void on_finish_impl(ErrorCode&) override {}

    std::size_t keep(Text body)
    {
        seen_.body.append(body.data(), body.size());
        return body.size();
    }

    Seen& seen_;
};

Seen read_by_beast(std::string_view bytes, bool without_body, bool& chunked)
{
    Seen seen;
    Oracle parser(seen);
    parser.header_limit(sluice::ReadBuffer::largest);
    parser.body_limit(boost::none);
    parser.skip(without_body);
    ErrorCode error;
    while (!error && !bytes.empty() && !parser.is_done())
        bytes.remove_prefix(parser.put({bytes.data(), bytes.size()}, error));
    seen.refused = error && error != http::error::need_more;
    seen.head = parser.is_header_done();
    chunked = seen.head && parser.chunked();
    if (seen.refused || !seen.head) return seen;
    seen.whole = parser.is_done();
    seen.until_close = parser.need_eof();
    seen.keeps_alive = parser.keep_alive();
    return seen;
}

/// The bytes come in pieces of this size.
Seen read_by_ours(std::string_view bytes, bool without_body, std::size_t step)
{
    Seen seen;
    sluice::ResponseHead head;
    sluice::ResponseParser parser(head);
    parser.begin(without_body);
    std::string unread;
    ErrorCode error;
    while (!seen.refused && !bytes.empty() && !parser.is_done()) {
        unread += bytes.substr(0, step);
        bytes.remove_prefix(std::min(step, bytes.size()));
        do {
            const auto taken = parser.put(unread, error);
            seen.body += parser.take_piece();
            unread.erase(0, taken);
        } while (!error && !unread.empty() && !parser.is_done());
        seen.refused = error && error != http::error::need_more;
    }
    seen.head = parser.is_header_done();
    seen.status = head.status;
    if (!seen.head) return seen;
    for (auto& [name, value] : head.fields.copied())
        seen.fields.emplace_back(std::move(name), std::move(value));
    if (seen.refused) return seen;
    seen.whole = parser.is_done();
    seen.until_close = !seen.whole && parser.put_eof();
    seen.keeps_alive = parser.keeps_alive();
    return seen;
}

bool has_folds(std::string_view bytes)
{
    return bytes.contains("\r\n ") || bytes.contains("\r\n\t");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    if (bytes.size() > max_folded && has_folds(bytes)) return 0;
    for (const bool without_body : {false, true}) {
        bool chunked = false;
        const auto expected = read_by_beast(bytes, without_body, chunked);
        auto seen = read_by_ours(bytes, without_body, std::string_view::npos);
        // A line that is wrong and has no end yet is refused when it has come to its end.
        const bool unended = expected.refused && !expected.head && !bytes.ends_with("\r\n\r\n");
        require(seen.refused == expected.refused || unended);
        if (!expected.head || !seen.head) {
            require(expected.head == seen.head);
            continue;
        }
        if (chunked) seen.keeps_alive |= expected.keeps_alive;  // a trailer may make Beast keep it
        require(seen == expected);
        // Beast itself does not read every malformed chunk or trailer in pieces as it does at once.
        if (!chunked) require(read_by_ours(bytes, without_body, 1) == expected);
    }
    return 0;
}
