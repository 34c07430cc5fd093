#pragma once

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <arpa/inet.h>
#include <array>
#include <atomic>
#include <charconv>
#include <concepts>
#include <cstdint>
#include <functional>
#include <linux/sockios.h>
#include <memory>
#include <mutex>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace sluice::test {

/// The server's side of one connection, on a blocking socket. Nothing waits longer than 5 s.
class Peer {
public:
    explicit Peer(int fd) : fd_(fd)
    {
        const timeval patience{.tv_sec = 5, .tv_usec = 0};
        setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        const int yes = 1;
        setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    }
    Peer(Peer&& other) noexcept : fd_(std::exchange(other.fd_, -1)), tls_(std::move(other.tls_)) {}
    ~Peer() { close(); }

    /// False where the client refuses the handshake.
    bool accept_tls(SSL_CTX* context)
    {
        tls_.reset(SSL_new(context));
        SSL_set_fd(tls_.get(), fd_);
        return SSL_accept(tls_.get()) == 1;
    }
    bool resumed() const { return SSL_session_reused(tls_.get()) == 1; }
    std::string requested_name() const
    {
        const auto* name = SSL_get_servername(tls_.get(), TLSEXT_NAMETYPE_host_name);
        return name ? name : "";
    }

    /// The next request's head; empty where the client closed.
    std::string read_head()
    {
        std::string head;
        for (char c = 0; !head.ends_with("\r\n\r\n") && receive(&c, 1) == 1;) head += c;
        return head.ends_with("\r\n\r\n") ? head : "";
    }
    /// Reads n bytes away; how many came.
    long skip(std::size_t n)
    {
        std::string ignored(n, '\0');
        return receive(ignored.data(), n);
    }
    /// Head and body.
    std::string read_request()
    {
        auto request = read_head();
        auto left = content_length(request);
        std::string piece(64 * 1024, '\0');
        while (left > 0) {
            const auto n = receive(piece.data(), std::min(left, piece.size()));
            if (n <= 0) return "";
            request.append(piece, 0, static_cast<std::size_t>(n));
            left -= static_cast<std::size_t>(n);
        }
        return request;
    }
    void send(std::string_view bytes)
    {
        if (tls_)
            SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size()));
        else
            ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    }
    void close()
    {
        if (fd_ >= 0) ::close(std::exchange(fd_, -1));
    }
    void reset()
    {
        const linger none{.l_onoff = 1, .l_linger = 0};
        setsockopt(fd_, SOL_SOCKET, SO_LINGER, &none, sizeof none);
        close();
    }
    /// True once the client has closed; reads away whatever it still sends.
    bool sees_close()
    {
        std::string ignored(64 * 1024, '\0');
        for (;;) {
            const auto n = ::recv(fd_, ignored.data(), ignored.size(), 0);
            if (n == 0 || (n < 0 && errno == ECONNRESET)) return true;
            if (n < 0) return false;
        }
    }
    /// Something to read is there, or the client closed.
    bool readable() const
    {
        pollfd entry{.fd = fd_, .events = POLLIN, .revents = 0};
        return poll(&entry, 1, 0) == 1;
    }

    /// How much of what was sent the client has not acknowledged.
    int unacknowledged() const
    {
        int bytes = -1;
        ioctl(fd_, SIOCOUTQ, &bytes);
        return bytes;
    }

private:
    struct FreeSsl {
        void operator()(SSL* ssl) const { SSL_free(ssl); }
    };

    long receive(char* to, std::size_t size)
    {
        if (tls_) return SSL_read(tls_.get(), to, static_cast<int>(size));
        return ::recv(fd_, to, size, 0);
    }
    static std::size_t content_length(std::string_view head)
    {
        constexpr std::string_view name = "Content-Length: ";
        const auto at = head.find(name);
        std::size_t length = 0;
        if (at != head.npos)
            std::from_chars(head.data() + at + name.size(), head.data() + head.size(), length);
        return length;
    }

    int fd_;
    std::unique_ptr<SSL, FreeSsl> tls_;
};

/// A listening socket on loopback.
class Listener {
public:
    explicit Listener(const char* address = "127.0.0.1", std::uint16_t port = 0, int backlog = 64)
        : fd_(socket(AF_INET, SOCK_STREAM, 0))
    {
        sockaddr_in local{};
        local.sin_family = AF_INET;
        local.sin_port = htons(port);
        inet_pton(AF_INET, address, &local.sin_addr);
        const int yes = 1;
        setsockopt(fd_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
        if (bind(fd_, reinterpret_cast<sockaddr*>(&local), sizeof local) != 0 ||
            listen(fd_, backlog) != 0)
            throw std::runtime_error("cannot listen");
        socklen_t size = sizeof local;
        getsockname(fd_, reinterpret_cast<sockaddr*>(&local), &size);
        port_ = ntohs(local.sin_port);
    }
    ~Listener()
    {
        stop();
        ::close(fd_);
    }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    std::uint16_t port() const { return port_; }
    /// The next connection's descriptor; negative once stopped.
    int accept() { return ::accept(fd_, nullptr, nullptr); }
    void stop() { shutdown(fd_, SHUT_RDWR); }

private:
    int fd_;
    std::uint16_t port_ = 0;
};

/// A listener whose backlog is full: the kernel answers no further connection.
class DeadServer {
public:
    explicit DeadServer(const char* address = "127.0.0.1", std::uint16_t port = 0)
        : listener_(address, port, 0)
    {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(listener_.port());
        inet_pton(AF_INET, address, &to.sin_addr);
        for (int& fd : fillers_) {
            fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
            connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to);
        }
    }
    ~DeadServer()
    {
        for (const int fd : fillers_) ::close(fd);
    }
    std::uint16_t port() const { return listener_.port(); }

private:
    Listener listener_;
    std::array<int, 4> fillers_{};
};

/// A server that plays script i with its i-th connection, each on a thread of its own.
class ScriptedServer {
public:
    using Script = std::function<void(Peer&)>;

    template <class... Scripts>
        requires(std::invocable<Scripts&, Peer&> && ...)
    explicit ScriptedServer(Scripts... scripts) : scripts_{Script(std::move(scripts))...}
    {
        acceptor_ = std::thread([this] { run(); });
    }
    /// The same script for so many connections.
    ScriptedServer(std::size_t count, const Script& script) : scripts_(count, script)
    {
        acceptor_ = std::thread([this] { run(); });
    }
    ~ScriptedServer()
    {
        listener_.stop();
        acceptor_.join();
        for (auto& player : players_) player.join();
    }

    std::uint16_t port() const { return listener_.port(); }
    /// How many connections came in so far.
    std::size_t connections() const { return connections_; }

private:
    void run()
    {
        for (;;) {
            const int fd = listener_.accept();
            if (fd < 0) return;
            const auto i = connections_++;
            if (i >= scripts_.size()) {
                Peer(fd).reset();
                continue;
            }
            players_.emplace_back([script = scripts_[i], fd] {
                Peer peer(fd);
                script(peer);
            });
        }
    }

    std::vector<Script> scripts_;
    Listener listener_;
    std::atomic<std::size_t> connections_ = 0;
    std::vector<std::thread> players_;
    std::thread acceptor_;
};

}  // namespace sluice::test
