#include "core/poller.hpp"

#include "core/socket.hpp"
#include "core/time.hpp"

#include <boost/system/system_error.hpp>

#include <algorithm>
#include <cerrno>
#include <span>
#include <utility>

namespace sluice {
namespace {

int new_epoll()
{
    const int descriptor = epoll_create1(EPOLL_CLOEXEC);
    if (descriptor < 0)
        throw boost::system::system_error(errno, boost::system::system_category(), "epoll");
    return descriptor;
}

}  // namespace

Poller::Poller(asio::execution_context& context)
    : service(context), epoll_(static_cast<asio::io_context&>(context).get_executor(), new_epoll())
{
}

Poller::~Poller() = default;

boost::system::error_code Poller::add(Socket& socket, int descriptor)
{
    epoll_event event{
        .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data = {.ptr = &socket}
    };
    if (epoll_ctl(epoll_.native_handle(), EPOLL_CTL_ADD, descriptor, &event) != 0)
        return {errno, boost::system::system_category()};
    sockets_.push_back(socket);
    return {};
}

/// Closing the descriptor ends its registration by itself.
void Poller::remove(Socket& socket)
{
    socket.unlink();
    for (auto i = next_; i < count_; ++i)
        if (events_[i].data.ptr == &socket) events_[i].data.ptr = nullptr;
}

void Poller::begin_interest()
{
    ++interested_;
    arm();
}

void Poller::end_interest()
{
    --interested_;
    boost::system::error_code ignored;
    if (interested_ == 0 && armed_) epoll_.cancel(ignored);
}

void Poller::arm()
{
    if (armed_ || interested_ == 0) return;
    armed_ = true;
    epoll_.async_wait(
        asio::posix::descriptor_base::wait_read,
        [this](boost::system::error_code error) {
            armed_ = false;
            if (!error) round();
            arm();
        }
    );
}

void Poller::round()
{
    in_round_ = true;
    hear();
    for (int turn = 0;; ++turn) {
        while (more_to_tell()) {
            auto* socket = static_cast<Socket*>(events_[next_++].data.ptr);
            EventTime::begin();
            if (socket) socket->tell();
        }
        // Who writes now should know what has come meanwhile; it is told in the next turn.
        count_ = next_ = 0;
        if (turn < most_turns && !writers_.empty()) hear();
        EventTime::begin();
        burst_.swap(writers_);
        for (auto& writer : burst_) writer();
        burst_.clear();
        if (count_ == 0 && writers_.empty()) break;
    }
    EventTime::end();
    in_round_ = false;
}

void Poller::hear()
{
    const int count = epoll_wait(epoll_.native_handle(), events_.data(), most_a_round, 0);
    next_ = 0;
    count_ = static_cast<std::size_t>(std::max(count, 0));
    knows_all_ = count_ < most_a_round;
    for (const auto& event : std::span(events_).first(count_))
        static_cast<Socket*>(event.data.ptr)->note(event.events);
}

void Poller::shutdown()
{
    while (!sockets_.empty()) {
        auto& socket = sockets_.front();
        socket.unlink();
        socket.forget_waiters();
    }
    writers_.clear();
}

}  // namespace sluice
