#include "admission/gate.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <list>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

namespace sluice {
namespace {

using namespace std::chrono_literals;

constexpr auto never = TimePoint::max();

/// Somebody who wants in and stays until told to leave.
struct Visitor {
    asio::cancellation_signal cancel;
    std::optional<Result<Permit>> got;

    bool is_inside() const { return got && got->has_value(); }
    ErrorKind refusal() const { return got.value().error().kind; }
    void leave() { got.reset(); }
};

Task<> visit(Gate& gate, Executor executor, Visitor& visitor, TimePoint deadline)
{
    visitor.got.emplace(co_await gate.enter(executor, deadline));
}

class GateTest : public testing::Test {
protected:
    // In this order, so that waiting tasks go before the gate does.
    Gate gate{2, 3};
    std::list<Visitor> visitors;
    asio::io_context context{1};

    Visitor& arrive(TimePoint deadline = never)
    {
        auto& visitor = visitors.emplace_back();
        asio::co_spawn(
            context,
            visit(gate, context.get_executor(), visitor, deadline),
            asio::bind_cancellation_slot(visitor.cancel.slot(), asio::detached)
        );
        settle();
        return visitor;
    }
    void settle()
    {
        context.restart();
        context.poll();
    }
};

TEST_F(GateTest, lets_in_as_many_as_it_may_and_queues_the_next)
{
    EXPECT_TRUE(arrive().is_inside());
    EXPECT_TRUE(arrive().is_inside());
    auto& third = arrive();
    EXPECT_FALSE(third.got);
    EXPECT_EQ(gate.inside(), 2);
    EXPECT_EQ(gate.waiting(), 1);
}

TEST_F(GateTest, who_leaves_lets_the_first_of_the_queue_in)
{
    auto& first = arrive();
    arrive();
    auto& third = arrive();
    auto& fourth = arrive();
    first.leave();
    settle();
    EXPECT_TRUE(third.is_inside());
    EXPECT_FALSE(fourth.got);
    third.leave();
    settle();
    EXPECT_TRUE(fourth.is_inside());
    EXPECT_EQ(gate.inside(), 2);
    EXPECT_EQ(gate.waiting(), 0);
}

TEST_F(GateTest, nobody_overtakes_the_queue)
{
    auto& first = arrive();
    arrive();
    auto& third = arrive();
    first.leave();  // the third is let in, though it does not know yet
    auto& late = arrive();
    EXPECT_TRUE(third.is_inside());
    EXPECT_FALSE(late.got);
}

TEST_F(GateTest, a_full_queue_refuses_at_once)
{
    for (int i = 0; i < 5; ++i) arrive();
    const auto& sixth = arrive();
    ASSERT_TRUE(sixth.got);
    EXPECT_EQ(sixth.refusal(), ErrorKind::overloaded_here);
    EXPECT_EQ(sixth.got->error().retry_after, 1s);
    EXPECT_EQ(gate.waiting(), 3);
}

TEST_F(GateTest, who_waited_until_the_deadline_is_refused_and_out_of_the_queue)
{
    auto& first = arrive();
    arrive();
    const auto& third = arrive(Clock::now());
    auto& fourth = arrive();
    context.restart();
    context.run_for(10ms);
    EXPECT_EQ(third.refusal(), ErrorKind::overloaded_here);
    EXPECT_EQ(third.got->error().retry_after, 1s);
    EXPECT_EQ(gate.waiting(), 1);
    first.leave();
    settle();
    EXPECT_TRUE(fourth.is_inside());
}

TEST_F(GateTest, who_is_cancelled_leaves_the_queue)
{
    auto& first = arrive();
    arrive();
    auto& third = arrive();
    auto& fourth = arrive();
    third.cancel.emit(asio::cancellation_type::terminal);
    settle();
    EXPECT_EQ(third.refusal(), ErrorKind::cancelled);
    EXPECT_EQ(gate.waiting(), 1);
    first.leave();
    settle();
    EXPECT_TRUE(fourth.is_inside());
}

TEST_F(GateTest, let_in_and_cancelled_at_once_passes_the_place_on)
{
    auto& first = arrive();
    arrive();
    auto& third = arrive();
    auto& fourth = arrive();
    first.leave();
    third.cancel.emit(asio::cancellation_type::terminal);
    settle();
    EXPECT_EQ(third.refusal(), ErrorKind::cancelled);
    EXPECT_TRUE(fourth.is_inside());
    EXPECT_EQ(gate.inside(), 2);
}

TEST_F(GateTest, let_in_in_the_moment_of_the_deadline_is_inside)
{
    auto& first = arrive();
    arrive();
    const auto deadline = Clock::now() + 20ms;
    auto& third = arrive(deadline);
    while (Clock::now() < deadline) {
    }
    first.leave();  // before the timer's expiry is noticed
    settle();
    EXPECT_TRUE(third.is_inside());
    EXPECT_EQ(gate.inside(), 2);
}

TEST_F(GateTest, a_waiter_destroyed_with_its_loop_leaks_no_place)
{
    auto& first = arrive();
    arrive();
    for (const bool let_in : {false, true}) {
        Visitor lost;
        auto other = std::make_optional<asio::io_context>(1);
        asio::co_spawn(*other, visit(gate, other->get_executor(), lost, never), asio::detached);
        other->poll();
        EXPECT_EQ(gate.waiting(), 1);
        if (let_in) first.leave();
        EXPECT_EQ(gate.inside(), 2);
        other.reset();
        EXPECT_FALSE(lost.got);
        EXPECT_EQ(gate.waiting(), 0);
    }
    EXPECT_EQ(gate.inside(), 1);
}

TEST_F(GateTest, more_room_lets_waiters_in_and_less_puts_nobody_out)
{
    auto& first = arrive();
    auto& second = arrive();
    auto& third = arrive();
    gate.reconfigure(3, 3);
    settle();
    EXPECT_TRUE(third.is_inside());
    gate.reconfigure(1, 0);
    EXPECT_EQ(gate.inside(), 3);
    EXPECT_EQ(arrive().refusal(), ErrorKind::overloaded_here);
    first.leave();
    second.leave();
    EXPECT_EQ(arrive().refusal(), ErrorKind::overloaded_here);
    third.leave();
    EXPECT_TRUE(arrive().is_inside());
}

TEST_F(GateTest, moving_a_permit_keeps_one_place)
{
    auto& first = arrive();
    {
        Permit moved = std::move(**first.got);
        first.leave();
        EXPECT_EQ(gate.inside(), 1);
    }
    EXPECT_EQ(gate.inside(), 0);
}

/// Two loops on two threads, more visitors than room, some with a deadline that strikes at any
/// moment and some cancelled at any moment: whatever happens, never too many inside, and in the end
/// nobody.
TEST(GateUnderThreads, never_admits_too_many_and_never_leaks)
{
    constexpr int room = 3;
    constexpr int visitors = 40;
    constexpr int rounds = 100;
    Gate gate(room, 1000);
    std::atomic<int> inside{0}, most{0}, entered{0}, refused{0};

    const auto loop = [&](int seed) {
        asio::io_context context{1};
        std::list<asio::cancellation_signal> signals;
        for (int i = 0; i < visitors; ++i) {
            auto& signal = signals.emplace_back();
            const auto kind = (i + seed) % 4;
            asio::co_spawn(
                context,
                [](Gate& g, asio::io_context& on, int k, auto& in, auto& peak, auto& ok, auto& no
                ) -> Task<> {
                    co_await asio::this_coro::throw_if_cancelled(false);
                    for (int round = 0; round < rounds; ++round) {
                        const auto by =
                            k == 0 ? Clock::now() + std::chrono::microseconds(50 * (round % 7))
                                   : never;
                        auto permit = co_await g.enter(on.get_executor(), by);
                        if (!permit) {
                            ++no;
                            if (permit.error().kind == ErrorKind::cancelled) co_return;
                            continue;
                        }
                        ++ok;
                        const int now_inside = ++in;
                        for (int seen = peak;
                             now_inside > seen && !peak.compare_exchange_weak(seen, now_inside);) {
                        }
                        co_await asio::post(on, asio::use_awaitable_t<Executor>{});
                        --in;
                    }
                }(gate, context, kind, inside, most, entered, refused),
                asio::bind_cancellation_slot(signal.slot(), asio::detached)
            );
            if (kind == 1)
                asio::co_spawn(
                    context,
                    [](asio::io_context& on, asio::cancellation_signal& s, int turns) -> Task<> {
                        for (int turn = 0; turn < turns; ++turn)
                            co_await asio::post(on, asio::use_awaitable_t<Executor>{});
                        s.emit(asio::cancellation_type::terminal);
                    }(context, signal, i * 7),
                    asio::detached
                );
        }
        context.run();
    };
    {
        std::jthread one(loop, 0), two(loop, 2);
    }
    EXPECT_LE(most, room);
    EXPECT_GT(entered, 0);
    EXPECT_GT(refused, 0);
    EXPECT_EQ(gate.inside(), 0);
    EXPECT_EQ(gate.waiting(), 0);
}

}  // namespace
}  // namespace sluice
