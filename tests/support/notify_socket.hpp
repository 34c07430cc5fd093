#pragma once

#include <chrono>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace sluice::test {

/// Where a service manager would listen: a datagram socket, with a path or in the abstract
/// namespace.
class NotifySocket {
public:
    explicit NotifySocket(bool abstract = false)
        : name_(
              (abstract ? "@" : std::filesystem::temp_directory_path().string() + "/") +
              "sluice_notify_" + std::to_string(getpid())
          ),
          socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0))
    {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, name_.data(), name_.size());
        if (abstract) address.sun_path[0] = '\0';
        const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name_.size());
        if (::bind(socket_, reinterpret_cast<sockaddr*>(&address), size) != 0)
            throw std::runtime_error("no notify socket at " + name_);
    }
    NotifySocket(const NotifySocket&) = delete;
    NotifySocket& operator=(const NotifySocket&) = delete;
    ~NotifySocket()
    {
        ::close(socket_);
        if (name_[0] != '@') ::unlink(name_.c_str());
    }

    std::string variable() const { return "NOTIFY_SOCKET=" + name_; }
    /// The next message; empty: none came in time.
    std::string next(std::chrono::milliseconds patience = std::chrono::seconds(10))
    {
        pollfd entry{socket_, POLLIN, 0};
        if (::poll(&entry, 1, static_cast<int>(patience.count())) <= 0) return {};
        char bytes[256];
        const auto size = ::recv(socket_, bytes, sizeof bytes, 0);
        return size > 0 ? std::string(bytes, static_cast<std::size_t>(size)) : std::string();
    }

private:
    std::string name_;
    int socket_;
};

}  // namespace sluice::test
