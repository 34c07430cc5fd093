#include "server/request_parser.hpp"

#include <algorithm>

namespace sluice {
namespace {

namespace http = boost::beast::http;

constexpr std::size_t max_extensions = 4 * 1024;  // of all chunks of one body together
constexpr HeadRefusal bad_head{400, "bad_header", "the request head is malformed"};

}  // namespace

RequestParser::RequestParser(std::vector<HeaderField>& fields) : fields_(fields)
{
    fields_.clear();
    header_limit(2 * max_head_size);  // the guard has the say; this is for chunk headers
    body_limit(boost::none);          // whoever reads the body sets one
    eager(true);
}

Reading RequestParser::parse_head(std::string_view head)
{
    BeastError error;
    put({head.data(), head.size()}, error);
    if (error && error != http::error::need_more) return std::unexpected(bad_head);
    framing_ = {.http10 = http10_, .head = request_.method == "HEAD", .close = !keep_alive()};
    framing_.close |= http10_;
    return {};
}

Reading RequestParser::parse_chunks(std::string& input, std::string& body)
{
    BeastError error;
    body_ = &body;
    input.erase(0, put({input.data(), input.size()}, error));
    if (error == http::error::body_limit) return std::unexpected(body_too_large);
    if (error && error != http::error::need_more) return std::unexpected(bad_chunks);
    return {};
}

bool RequestParser::expects_continue() const
{
    return !http10_ && std::ranges::any_of(fields_, [](const HeaderField& field) {
        return iequals(field.name, "expect");  // the guard has seen to its value
    });
}

void RequestParser::describe(Request& request) const
{
    request.method = request_.method;
    request.target = request_.target;
    const auto question = request.target.find('?');
    request.path = request.target.substr(0, question);
    if (question != std::string_view::npos) request.query = request.target.substr(question + 1);
    request.fields = fields_;
}

void RequestParser::on_request_impl(Verb, Text method, Text target, int version, BeastError&)
{
    request_.method = method;
    request_.target = target;
    http10_ = version == 10;
}

void RequestParser::on_field_impl(FieldName, Text name, Text value, BeastError&)
{
    if (head_done_)
        ++trailers_;
    else
        fields_.push_back({name, value});
}

void RequestParser::on_chunk_header_impl(std::uint64_t, Text extensions, BeastError& error)
{
    constexpr auto is_control = [](unsigned char c) { return c < 0x20 && c != '\t'; };
    extensions_ += extensions.size();
    if (extensions_ > max_extensions || std::ranges::any_of(extensions, is_control))
        error = http::error::bad_chunk_extension;
}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t, Text bytes, BeastError&)
{
    body_->append(bytes.data(), bytes.size());
    return bytes.size();
}

}  // namespace sluice
