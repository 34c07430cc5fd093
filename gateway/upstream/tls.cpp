#include "upstream/tls.hpp"

#include "upstream/request_head.hpp"

#include <boost/asio/ip/address.hpp>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <map>
#include <mutex>

namespace sluice {
namespace {

namespace ssl = boost::asio::ssl;

struct FreeSession {
    void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
};
using Session = std::unique_ptr<SSL_SESSION, FreeSession>;

void free_origin(void*, void* origin, CRYPTO_EX_DATA*, int, long, void*)
{
    delete static_cast<std::string*>(origin);
}

/// Where an SSL keeps the origin it goes to: the callback that brings a ticket knows nothing else.
int origin_index()
{
    static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, &free_origin);
    return index;
}

int tickets_index()
{
    static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

bool is_address(const std::string& host)
{
    boost::system::error_code error;
    boost::asio::ip::make_address(host, error);
    return !error;
}

}  // namespace

/// The latest ticket of each origin; the least recently used goes when there are too many.
class TlsClient::Tickets {
public:
    void put(const std::string& origin, Session session)
    {
        const std::lock_guard lock(mutex_);
        if (!kept_.contains(origin) && kept_.size() == most) kept_.erase(least_recently_used());
        kept_[origin] = {std::move(session), ++uses_};
    }

    void offer(SSL* connection, const std::string& origin)
    {
        const std::lock_guard lock(mutex_);
        const auto found = kept_.find(origin);
        if (found == kept_.end()) return;
        found->second.last_use = ++uses_;
        // A copy: several connections that share one session spoil it for each other (OpenSSL marks
        // it as spent when one of them gets a new ticket).
        const Session copy(SSL_SESSION_dup(found->second.session.get()));
        if (copy) SSL_set_session(connection, copy.get());
    }

private:
    static constexpr std::size_t most = 256;
    struct Kept {
        Session session;
        std::uint64_t last_use = 0;
    };
    using Map = std::map<std::string, Kept>;

    Map::iterator least_recently_used()
    {
        return std::ranges::min_element(kept_, {}, [](const auto& entry) {
            return entry.second.last_use;
        });
    }

    std::mutex mutex_;
    Map kept_;
    std::uint64_t uses_ = 0;
};

TlsClient::TlsClient(const std::string& ca_file)
    : tickets_(std::make_unique<Tickets>()), context_(ssl::context::tls_client)
{
    auto* native = context_.native_handle();
    SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
    SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION);  // else a write may have to await input
    SSL_CTX_set_mode(
        native, SSL_MODE_RELEASE_BUFFERS
    );  // an idle connection keeps no record buffers
    constexpr std::array<unsigned char, 9> protocols{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
    SSL_CTX_set_alpn_protos(native, protocols.data(), protocols.size());

    context_.set_verify_mode(ssl::verify_peer);
    if (ca_file.empty())
        context_.set_default_verify_paths();
    else
        context_.load_verify_file(ca_file);

    SSL_CTX_set_ex_data(native, tickets_index(), tickets_.get());
    SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(native, [](SSL* connection, SSL_SESSION* session) {
        const auto* origin = static_cast<std::string*>(SSL_get_ex_data(connection, origin_index()));
        if (!origin) return 0;
        auto* tickets = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(connection), tickets_index());
        static_cast<Tickets*>(tickets)->put(*origin, Session(session));
        return 1;  // the session is ours now
    });
}

TlsClient::~TlsClient() = default;

Result<void> TlsClient::prepare(SSL* connection, const Origin& origin)
{
    const auto& host = origin.host;
    bool ready = false;
    if (is_address(host)) {
        ready = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(connection), host.c_str()) == 1;
    } else {
        SSL_set_hostflags(connection, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
        ready = SSL_set1_host(connection, host.c_str()) == 1 &&
                SSL_set_tlsext_host_name(connection, host.c_str()) == 1;
    }
    if (!ready) return fail(ErrorKind::unreachable, concat(host, ": no name that TLS can verify"));

    auto name = std::make_unique<std::string>(to_string(origin));
    tickets_->offer(connection, *name);
    if (SSL_set_ex_data(connection, origin_index(), name.get()) == 1) name.release();
    return {};
}

TlsClient& TlsClients::get(const std::string& ca_file)
{
    const std::lock_guard lock(mutex_);
    auto& client = clients_[ca_file];
    if (!client) client = std::make_unique<TlsClient>(ca_file);
    return *client;
}

std::string describe_tls_failure(SSL* connection, const boost::system::error_code& error)
{
    const auto verdict = SSL_get_verify_result(connection);
    if (verdict != X509_V_OK)
        return concat("certificate refused: ", X509_verify_cert_error_string(verdict));
    return error.message();
}

void keep_ticket(SSL* connection)
{
    SSL_set_shutdown(connection, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

}  // namespace sluice
