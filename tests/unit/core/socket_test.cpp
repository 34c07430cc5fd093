#include "core/socket.hpp"

#include "core/time.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include <array>
#include <linux/sockios.h>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace sluice {
namespace {

using asio::error::eof;
using asio::error::would_block;

/// The other end of a socket, which blocks nobody.
class FarEnd {
public:
    explicit FarEnd(Socket& socket)
    {
        std::array<int, 2> pair{};
        EXPECT_EQ(
            socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair.data()), 0
        );
        EXPECT_FALSE(socket.adopt(pair[0]));
        descriptor_ = pair[1];
    }
    ~FarEnd() { close(); }
    void send(std::string_view bytes)
    {
        EXPECT_EQ(::send(descriptor_, bytes.data(), bytes.size(), 0), bytes.size());
    }
    std::size_t drain()
    {
        std::array<char, 4096> room;
        std::size_t total = 0;
        for (ssize_t n = 0; (n = recv(descriptor_, room.data(), room.size(), 0)) > 0;)
            total += static_cast<std::size_t>(n);
        return total;
    }
    void close()
    {
        if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
    }

private:
    int descriptor_ = -1;
};

class SocketTest : public testing::Test {
protected:
    asio::io_context context{1};
    Socket socket{context.get_executor()};
    FarEnd far{socket};

    /// Until nobody waits for anything.
    void run()
    {
        context.restart();
        context.run_for(milliseconds(2000));
        EXPECT_TRUE(context.stopped()) << "somebody still waits";
    }
    void turn()
    {
        context.restart();
        context.poll();
    }
    /// Starts a wait; its end, once it has come.
    std::shared_ptr<std::optional<bool>> start(Task<bool> wait, asio::cancellation_slot slot = {})
    {
        auto ended = std::make_shared<std::optional<bool>>();
        asio::co_spawn(
            context,
            std::move(wait),
            asio::bind_cancellation_slot(
                slot, [ended](const std::exception_ptr&, bool changed) { *ended = changed; }
            )
        );
        turn();
        return ended;
    }
    std::shared_ptr<std::optional<bool>> start(auto wait, asio::cancellation_slot slot = {})
    {
        const auto await = [](auto operation) -> Task<bool> {
            co_return co_await std::move(operation);
        };
        return start(await(std::move(wait)), slot);
    }
    std::string read(Socket::ErrorCode& error)
    {
        std::array<char, 64> room;
        return {room.data(), socket.read_some(room, error)};
    }
};

TEST_F(SocketTest, a_wait_ends_when_bytes_come)
{
    const auto ended = start(socket.readable());
    EXPECT_FALSE(*ended);
    far.send("hello");
    run();
    EXPECT_EQ(*ended, true);
    Socket::ErrorCode error;
    EXPECT_EQ(read(error), "hello");
    EXPECT_FALSE(error);
    EXPECT_FALSE(socket.may_read()) << "it was all that had come";
    EXPECT_EQ(read(error), "");
    EXPECT_EQ(error, would_block);
}

TEST_F(SocketTest, an_end_right_behind_the_bytes_is_not_missed)
{
    far.send("bye");
    far.close();
    const auto ended = start(socket.readable());
    run();
    EXPECT_EQ(*ended, true);
    Socket::ErrorCode error;
    EXPECT_EQ(read(error), "bye");
    EXPECT_TRUE(socket.may_read());
    EXPECT_EQ(read(error), "");
    EXPECT_EQ(error, eof);
}

TEST_F(SocketTest, a_full_socket_is_writable_again_once_it_is_read)
{
    const std::string bytes(64 * 1024, 'x');
    std::size_t written = 0;
    Socket::ErrorCode error;
    while (!error) {
        const std::array pieces{
            asio::const_buffer(asio::buffer(bytes)), asio::const_buffer(asio::buffer("!", 1))
        };
        written += socket.write_some(pieces, error);
    }
    EXPECT_EQ(error, would_block);
    const auto ended = start(socket.writable());
    EXPECT_FALSE(*ended);
    EXPECT_EQ(far.drain(), written);
    run();
    EXPECT_EQ(*ended, true);
}

TEST_F(SocketTest, waits_end_by_cancel_close_and_their_tasks_cancellation)
{
    auto ended = start(socket.readable());
    socket.cancel();
    EXPECT_FALSE(*ended) << "not before the caller of cancel() is done";
    run();
    EXPECT_EQ(*ended, false);

    asio::cancellation_signal signal;
    ended = start(socket.readable(), signal.slot());
    signal.emit(asio::cancellation_type::terminal);
    run();
    EXPECT_EQ(*ended, false);

    ended = start(socket.readable());
    socket.close();
    run();
    EXPECT_EQ(*ended, false);
    EXPECT_EQ(*start(socket.readable()), false) << "of a closed socket too";
}

TEST_F(SocketTest, what_is_not_awaited_goes_to_on_input)
{
    int inputs = 0;
    Socket watched(context.get_executor(), [&] { ++inputs; });
    FarEnd watched_far(watched);
    watched_far.send("a");
    turn();
    EXPECT_EQ(inputs, 1);
    watched_far.close();
    turn();
    EXPECT_EQ(inputs, 2);
}

TEST_F(SocketTest, all_are_told_before_one_that_lets_others_go_first)
{
    Socket other(context.get_executor());
    FarEnd other_far(other);
    std::vector<std::string> log;
    const auto echo = [&](Socket& mine) -> Task<bool> {
        co_await mine.readable();
        log.push_back("read");
        EXPECT_TRUE(mine.poller().knows_all());
        if (mine.poller().more_to_tell()) co_await mine.poller().all_told();
        log.push_back("write");
        co_return true;
    };
    const auto first = start(echo(socket)), second = start(echo(other));
    far.send("x");
    other_far.send("x");
    run();
    EXPECT_EQ(log, (std::vector<std::string>{"read", "read", "write", "write"}));
    EXPECT_FALSE(socket.poller().knows_all());
}

TEST_F(SocketTest, of_a_crowd_the_last_too_writes_with_the_others)
{
    std::vector<std::unique_ptr<Socket>> sockets;
    std::vector<std::unique_ptr<FarEnd>> far_ends;
    std::vector<int> read, written;
    const auto echo = [&](int name) -> Task<bool> {
        auto& mine = *sockets[static_cast<std::size_t>(name)];
        co_await mine.readable();
        read.push_back(name);
        EXPECT_TRUE(mine.poller().crowded());
        co_await mine.poller().all_told();
        written.push_back(name);
        co_return true;
    };
    std::vector<int> all;
    for (int i = 0; i < 8; ++i) {
        sockets.push_back(std::make_unique<Socket>(context.get_executor()));
        far_ends.push_back(std::make_unique<FarEnd>(*sockets.back()));
        std::ignore = start(echo(i));
        all.push_back(i);
    }
    for (const auto& far_end : far_ends) far_end->send("x");
    run();
    EXPECT_EQ(read, all);
    EXPECT_EQ(written, all);
    EXPECT_FALSE(socket.poller().crowded());
}

TEST_F(SocketTest, what_came_in_the_round_is_known_before_the_writes)
{
    Socket other(context.get_executor()), third(context.get_executor());
    FarEnd other_far(other), third_far(third);
    std::optional<bool> known;
    const auto write = [&]() -> Task<bool> {
        co_await socket.readable();
        if (socket.poller().more_to_tell()) co_await socket.poller().all_told();
        known = third.may_read();
        co_return true;
    };
    const auto provoke = [&]() -> Task<bool> {
        co_await other.readable();
        third_far.send("x");
        co_return true;
    };
    const auto first = start(write()), second = start(provoke()), last = start(third.readable());
    far.send("x");
    other_far.send("x");
    run();
    EXPECT_EQ(known, true);
    EXPECT_EQ(*last, true) << "it is told as well";
}

TEST_F(SocketTest, in_a_round_the_time_is_that_of_the_event)
{
    const auto before = Clock::now();
    TimePoint early, late, of_the_write;
    const auto work = [&]() -> Task<bool> {
        co_await socket.readable();
        early = EventTime::get();
        while (Clock::now() < early + milliseconds(2)) {
        }
        late = EventTime::get();
        co_await socket.poller().all_told();
        of_the_write = EventTime::get();
        co_return true;
    };
    std::ignore = start(work());
    far.send("x");
    run();
    EXPECT_GE(early, before);
    EXPECT_EQ(late, early);
    EXPECT_GE(of_the_write, early + milliseconds(2));
    EXPECT_GT(EventTime::get(), of_the_write) << "after the round it is the time itself";
}

TEST_F(SocketTest, one_that_is_closed_in_a_round_is_not_told_any_more)
{
    auto other = std::make_unique<Socket>(context.get_executor());
    FarEnd other_far(*other);
    int told = 0;
    const auto close_the_other = [&](Socket& mine, std::unique_ptr<Socket>& its) -> Task<bool> {
        if (!co_await mine.readable()) co_return false;
        ++told;
        its.reset();
        co_return true;
    };
    auto mine = std::make_unique<Socket>(context.get_executor());
    FarEnd mine_far(*mine);
    std::ignore = start(close_the_other(*mine, other));
    std::ignore = start(close_the_other(*other, mine));
    mine_far.send("x");
    other_far.send("x");
    run();
    EXPECT_EQ(told, 1);
}

TEST_F(SocketTest, open_sockets_that_nobody_awaits_keep_no_context_busy)
{
    far.send("x");
    run();
}

TEST(SocketOfAContext, who_waits_goes_with_the_context)
{
    auto context = std::make_unique<asio::io_context>(1);
    auto socket = std::make_shared<Socket>(context->get_executor());
    FarEnd far(*socket);
    const std::weak_ptr<Socket> seen = socket;
    asio::co_spawn(
        *context,
        [](std::shared_ptr<Socket> mine) -> Task<void> {
            co_await mine->readable();
        }(std::move(socket)),
        asio::detached
    );
    context->poll();
    EXPECT_FALSE(seen.expired());
    context.reset();
    EXPECT_TRUE(seen.expired());
}

TEST(SocketConnecting, says_whether_it_did)
{
    asio::io_context context{1};
    asio::ip::tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
    const auto address = acceptor.local_endpoint();
    Socket socket(context.get_executor());
    std::vector<Socket::ErrorCode> results;
    const auto connect = [&]() -> Task<void> {
        results.push_back(co_await socket.connect(address));
    };
    asio::co_spawn(context, connect(), asio::detached);
    context.run();
    acceptor.close();
    asio::co_spawn(context, connect(), asio::detached);
    context.restart();
    context.run();
    EXPECT_EQ(results, (std::vector<Socket::ErrorCode>{{}, asio::error::connection_refused}));
}

/// How much of what was sent the peer has not acknowledged.
int unacknowledged(asio::ip::tcp::socket& sender)
{
    int bytes = 0;
    EXPECT_EQ(ioctl(sender.native_handle(), SIOCOUTQ, &bytes), 0);
    return bytes;
}

TEST(SocketAcknowledging, comes_late_where_that_is_wanted_but_before_a_wait)
{
    asio::io_context context{1};
    asio::ip::tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
    Socket socket(context.get_executor());
    const auto converse = [&]() -> Task<void> {
        EXPECT_FALSE(co_await socket.connect(acceptor.local_endpoint()));
        auto far = acceptor.accept();
        far.set_option(asio::ip::tcp::no_delay(true));
        Socket::ErrorCode error;
        auto sent = Clock::now();
        const auto send_and_read = [&](int packets) -> Task<void> {
            sent = Clock::now();
            for (int i = 0; i < packets; ++i) far.send(asio::buffer("event", 5));
            co_await socket.readable();
            std::array<char, 64> room;
            EXPECT_EQ(socket.read_some(room, error), 5 * packets);
        };
        const auto await_more = [&]() -> Task<void> {
            asio::post(context, [&] {
                EXPECT_EQ(unacknowledged(far), 0) << "who awaits more has acknowledged";
                socket.cancel();
            });
            EXPECT_FALSE(co_await socket.readable());
        };
        co_await send_and_read(1);
        EXPECT_EQ(unacknowledged(far), 0) << "within the read, as the kernel does by itself";
        socket.acknowledge_late();
        for (const int packets : {1, 1, 2, 1, 2, 2, 1}) {
            co_await send_and_read(packets);  // two the kernel has acknowledged as they came
            const int open = unacknowledged(far);
            const bool in_time = Clock::now() < sent + milliseconds(30);  // the kernel's are 40
            if (packets == 1 && in_time) EXPECT_EQ(open, 5);
            co_await await_more();
        }
        co_await send_and_read(1);
        EXPECT_EQ(socket.write_some(std::array{asio::const_buffer("next", 4)}, error), 4);
        EXPECT_EQ(unacknowledged(far), 0) << "what is sent tells as well";
    };
    asio::co_spawn(context, converse(), asio::detached);
    context.run();
}

}  // namespace
}  // namespace sluice
