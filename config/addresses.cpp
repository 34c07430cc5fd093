#include "config/addresses.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>
#include <charconv>

namespace sluice {
namespace {

namespace ip = boost::asio::ip;

std::optional<int> port_number(std::string_view text)
{
    int port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    const bool whole = error == std::errc{} && end == text.data() + text.size() && text[0] != '-';
    return whole && port <= 65535 ? std::optional(port) : std::nullopt;
}

bool is_host_name(std::string_view text)
{
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '.' || c == '_';
    };
    return !text.empty() && text.size() <= 253 && std::ranges::all_of(text, fits);
}

bool is_http_url(const boost::urls::url_view& url)
{
    return (url.scheme() == "http" || url.scheme() == "https") && !url.host_address().empty();
}

bool has_valid_port(const boost::urls::url_view& url)
{
    if (!url.has_port()) return true;
    const auto port = port_number({url.port().data(), url.port().size()});
    return port && *port > 0;
}

}  // namespace

std::optional<HostPort> split_host_port(std::string_view text)
{
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || colon + 1 == text.size()) return std::nullopt;
    const auto port = port_number(text.substr(colon + 1));
    auto host = text.substr(0, colon);
    if (!port) return std::nullopt;

    boost::system::error_code error;
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
        ip::make_address_v6(std::string(host), error);
        if (error) return std::nullopt;
    } else if (!is_host_name(host)) {
        return std::nullopt;
    }
    return HostPort{std::string(host), *port};
}

bool is_loopback(std::string_view host)
{
    if (host == "localhost") return true;
    boost::system::error_code error;
    const auto address = ip::make_address(std::string(host), error);
    return !error && address.is_loopback();
}

bool is_loopback_url(std::string_view text)
{
    const auto url = boost::urls::parse_uri({text.data(), text.size()});
    return url && is_loopback(std::string(url->host_address()));
}

BaseUrlCheck check_base_url(std::string_view text)
{
    const auto url = boost::urls::parse_uri({text.data(), text.size()});
    if (!url || !is_http_url(*url) || !has_valid_port(*url))
        return {.complaint = "must be a URL such as https://api.example.com/v1"};
    if (url->has_userinfo())
        return {.complaint = "must not hold a user or password; a key goes to api_key or headers"};
    if (url->has_query() || url->has_fragment())
        return {.complaint = "must end with the path: no ? and no #"};
    return {.complaint = {}, .insecure = url->scheme() == "http" && !is_loopback_url(text)};
}

std::optional<std::string> check_cors_origin(std::string_view text)
{
    if (text == "*") return std::nullopt;
    const auto url = boost::urls::parse_uri({text.data(), text.size()});
    const bool plain = url && is_http_url(*url) && has_valid_port(*url) && !url->has_userinfo() &&
                       !url->has_query() && !url->has_fragment();
    if (!plain || !url->encoded_path().empty())
        return "must be an origin such as https://app.example.com (no path, no slash at its end), "
               "or \"*\"";
    return std::nullopt;
}

}  // namespace sluice
