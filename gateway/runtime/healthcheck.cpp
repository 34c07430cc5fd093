#include "runtime/healthcheck.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/url/parse.hpp>

#include <iostream>
#include <poll.h>
#include <stdexcept>

namespace sluice {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

/// The status line of the answer to GET /livez.
std::string ask(const std::string& host, const std::string& port)
{
    asio::io_context context;
    tcp::socket socket(context);
    asio::connect(socket, tcp::resolver(context).resolve(host, port));
    asio::write(
        socket,
        asio::buffer("GET /livez HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
    );
    // A hung gateway is not a healthy one.
    pollfd readable{socket.native_handle(), POLLIN, 0};
    if (::poll(&readable, 1, 3000) <= 0) throw std::runtime_error("no answer within 3 s");
    char answer[256];
    const auto size = socket.read_some(asio::buffer(answer));
    const std::string_view text(answer, size);
    return std::string(text.substr(0, text.find('\r')));
}

}  // namespace

int healthcheck(const std::string& url)
{
    const auto parsed = boost::urls::parse_uri(url);
    if (!parsed || parsed->host().empty()) {
        std::cerr << "sluice healthcheck: not a URL: " << url << '\n';
        return 1;
    }
    try {
        const auto status =
            ask(std::string(parsed->host_address()),
                parsed->has_port() ? std::string(parsed->port()) : "80");
        if (status.starts_with("HTTP/1.1 200")) return 0;
        std::cerr << "sluice healthcheck: " << status << '\n';
    } catch (const boost::system::system_error& error) {
        std::cerr << "sluice healthcheck: " << url << ": " << error.code().message() << '\n';
    } catch (const std::exception& error) {
        std::cerr << "sluice healthcheck: " << url << ": " << error.what() << '\n';
    }
    return 1;
}

}  // namespace sluice
