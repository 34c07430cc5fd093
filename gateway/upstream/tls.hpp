#pragma once

#include "core/deployment.hpp"
#include "core/error.hpp"

#include <boost/asio/ssl/context.hpp>
#include <openssl/types.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace sluice {

/// How we speak TLS to providers: 1.2 at least, certificates and names verified, ALPN http/1.1, and
/// the latest ticket of each origin kept, so that reconnecting is cheap. May serve many threads;
/// outlives the connections.
class TlsClient {
public:
    /// Trusts the certificates in ca_file (PEM); empty: the system's. Throws where that cannot be
    /// read.
    explicit TlsClient(const std::string& ca_file);
    ~TlsClient();

    boost::asio::ssl::context& context() { return context_; }

    /// Before the handshake: the name to ask for and to verify, and the ticket to resume with.
    Result<void> prepare(SSL* ssl, const Origin& origin);

private:
    class Tickets;
    std::unique_ptr<Tickets> tickets_;
    boost::asio::ssl::context context_;
};

/// A client for each set of trusted certificates, for all workers.
class TlsClients {
public:
    /// ca_file as TlsClient's; throws as it does. The client lives as long as this object.
    TlsClient& get(const std::string& ca_file);

private:
    std::mutex mutex_;
    std::map<std::string, std::unique_ptr<TlsClient>> clients_;
};

/// Why a handshake failed; the reason of the verification where that was it.
std::string describe_tls_failure(SSL* ssl, const boost::system::error_code& error);

/// Call before closing: OpenSSL throws the ticket of a connection away that was not shut down, and
/// nobody waits for a provider's close_notify.
void keep_ticket(SSL* ssl);

}  // namespace sluice
