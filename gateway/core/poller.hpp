#pragma once

#include "core/task.hpp"

#include <boost/asio/deferred.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/intrusive/list.hpp>

#include <array>
#include <cstddef>
#include <functional>
#include <sys/epoll.h>
#include <utility>
#include <vector>

namespace sluice {

class Socket;
using SocketHook =
    boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

/// Tells the sockets of one io_context what the kernel has to say of them, many at a time, through
/// an epoll of its own that Asio's waits for. A socket is registered once, for all changes, so that
/// neither a wait nor its end takes a system call; Asio re-arms a wait or begins a read by one that
/// finds nothing.
///
/// What happens when several are told is a round. Who has something to write in it may let the
/// others read first, so that a round's writes leave in one burst: whoever they are for is woken up
/// once for all of them.
///
/// It belongs to its context, as a service that is there from the first socket on.
class Poller final : public asio::execution_context::service {
public:
    using key_type = Poller;
    inline static asio::execution_context::id id;

    explicit Poller(asio::execution_context& context);
    ~Poller() override;

    /// True within a round: what is known of every socket is what the kernel said a moment ago.
    bool knows_all() const { return in_round_ && knows_all_; }
    /// True while sockets of this round have not been told yet.
    bool more_to_tell() const { return next_ < count_; }
    /// True where many are told at once: who has something to write, the last too, lets all be told
    /// first. Among a few, waiting would cost more time than it saves work.
    bool crowded() const { return count_ >= a_crowd; }
    /// Ends when all of this round have been told.
    auto all_told()
    {
        return asio::async_initiate<const asio::deferred_t, void()>(
            [this](auto handler) { writers_.push_back(std::move(handler)); }, asio::deferred
        );
    }

private:
    friend class Socket;
    static constexpr std::size_t most_a_round = 128;
    static constexpr std::size_t a_crowd = 8;
    static constexpr int most_turns = 16;  ///< of a round, until others of the context have theirs

    boost::system::error_code add(Socket& socket, int descriptor);
    void remove(Socket& socket);
    /// From now on, or no more, somebody waits for what may be told. While nobody does, the context
    /// may run out of work.
    void begin_interest();
    void end_interest();

    void arm();
    void round();
    void hear();
    void shutdown() override;

    asio::posix::basic_stream_descriptor<Executor> epoll_;
    boost::intrusive::list<
        Socket,
        boost::intrusive::base_hook<SocketHook>,
        boost::intrusive::constant_time_size<false>>
        sockets_;
    std::size_t interested_ = 0;
    bool armed_ = false;
    std::array<epoll_event, most_a_round> events_;
    std::size_t next_ = 0;  ///< of the events, to be told
    std::size_t count_ = 0;
    bool in_round_ = false;
    bool knows_all_ = false;  ///< the kernel had no more events than there was room for
    std::vector<std::move_only_function<void()>> writers_;  ///< resume who awaits all_told()
    std::vector<std::move_only_function<void()>> burst_;    ///< those of the round that ends
};

}  // namespace sluice
