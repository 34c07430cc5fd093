#include "runtime/notify.hpp"

#include <charconv>
#include <cstdlib>
#include <cstring>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace sluice {

void notify_service_manager(std::string_view state)
{
    const char* path = std::getenv("NOTIFY_SOCKET");
    if (!path) return;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const auto length = std::strlen(path);
    if (length == 0 || length >= sizeof address.sun_path) return;
    std::memcpy(address.sun_path, path, length);
    if (path[0] == '@') address.sun_path[0] = '\0';  // an abstract socket

    const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket < 0) return;
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length);
    ::sendto(
        socket,
        state.data(),
        state.size(),
        MSG_NOSIGNAL,
        reinterpret_cast<sockaddr*>(&address),
        size
    );
    ::close(socket);
}

std::optional<std::chrono::milliseconds> watchdog_interval()
{
    const char* text = std::getenv("WATCHDOG_USEC");
    const char* pid = std::getenv("WATCHDOG_PID");
    if (!text || (pid && std::to_string(::getpid()) != pid)) return std::nullopt;
    std::int64_t usec = 0;
    std::from_chars(text, text + std::strlen(text), usec);
    if (usec <= 0) return std::nullopt;
    return std::chrono::milliseconds(usec / 2000);
}

}  // namespace sluice
