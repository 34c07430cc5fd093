#include "core/http_url.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

namespace sluice {

std::optional<HttpUrl> parse_http_url(std::string_view text)
{
    const auto url = boost::urls::parse_uri({text.data(), text.size()});
    const bool tls = url && url->scheme() == "https";
    if (!url || (!tls && url->scheme() != "http") || url->host_address().empty())
        return std::nullopt;
    const std::uint16_t usual_port = tls ? 443 : 80;
    return HttpUrl{
        .origin =
            {
                .tls = tls,
                .host = url->host_address(),
                .port = url->port_number() != 0 ? url->port_number() : usual_port,
            },
        .path = std::string(url->encoded_path()),
    };
}

}  // namespace sluice
