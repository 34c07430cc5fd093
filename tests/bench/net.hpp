#pragma once

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <system_error>
#include <time.h>
#include <unistd.h>
#include <utility>
#include <vector>

/// Sockets and waiting, as thin as the kernel allows: whatever the bench spends here is not there
/// for the gateway that it measures.
namespace bench {

/// Nanoseconds of CLOCK_MONOTONIC, which all processes of a machine share.
inline std::int64_t now()
{
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * std::int64_t{1'000'000'000} + time.tv_nsec;
}

inline int checked(int result, const char* what)
{
    if (result < 0) throw std::system_error(errno, std::generic_category(), what);
    return result;
}

inline sockaddr_in loopback(int port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

inline void send_at_once(int socket)
{
    const int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

inline int listen_on(int port)
{
    const int socket =
        checked(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket");
    const int on = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    const auto address = loopback(port);
    checked(bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address), "bind");
    checked(listen(socket, SOMAXCONN), "listen");
    return socket;
}

/// A connected socket, or -1 where nobody listens. On loopback the wait for it is none.
inline int connect_to(int port)
{
    const int socket = checked(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
    const auto address = loopback(port);
    if (connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0) {
        close(socket);
        return -1;
    }
    send_at_once(socket);
    return socket;
}

class Epoll {
public:
    Epoll() : handle_(checked(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")) {}
    ~Epoll() { close(handle_); }
    Epoll(const Epoll&) = delete;

    void add(int socket, void* owner) { control(EPOLL_CTL_ADD, socket, EPOLLIN, owner); }
    void watch_writing(int socket, void* owner, bool too)
    {
        control(EPOLL_CTL_MOD, socket, EPOLLIN | (too ? EPOLLOUT : 0u), owner);
    }

    /// What is ready by the given time; nothing where that comes first.
    std::span<epoll_event> wait(std::int64_t until)
    {
        const auto left = std::max<std::int64_t>(until - now(), 0);
        const timespec timeout{left / 1'000'000'000, left % 1'000'000'000};
        const int count = epoll_pwait2(
            handle_, events_.data(), static_cast<int>(events_.size()), &timeout, nullptr
        );
        if (count < 0 && errno != EINTR) checked(count, "epoll_pwait2");
        return {events_.data(), static_cast<std::size_t>(std::max(count, 0))};
    }

private:
    int handle_;
    std::array<epoll_event, 256> events_{};

    void control(int operation, int socket, std::uint32_t interest, void* owner)
    {
        epoll_event event{};
        event.events = interest;
        event.data.ptr = owner;
        checked(epoll_ctl(handle_, operation, socket, &event), "epoll_ctl");
    }
};

/// Bytes on their way out, of which the socket may not take all at once.
class Outbox {
public:
    /// Sends, and keeps what did not fit. False: the connection is gone.
    bool send(int socket, std::string_view bytes)
    {
        if (!waiting_.empty()) {
            waiting_.append(bytes);
            return true;
        }
        const auto sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno != EAGAIN) return false;
        waiting_.assign(bytes.substr(sent < 0 ? 0 : static_cast<std::size_t>(sent)));
        return true;
    }

    bool flush(int socket)
    {
        const auto bytes = std::exchange(waiting_, {});
        return send(socket, bytes);
    }

    bool empty() const { return waiting_.empty(); }
    void clear() { waiting_.clear(); }

private:
    std::string waiting_;
};

/// What has come in by now. nullopt: the connection is gone.
inline std::optional<std::string_view> receive(int socket, std::span<char> buffer)
{
    const auto size = recv(socket, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size > 0) return std::string_view(buffer.data(), static_cast<std::size_t>(size));
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return std::string_view{};
    return std::nullopt;
}

}  // namespace bench
