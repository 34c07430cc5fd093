#include "upstream/resolver.hpp"

#include "unit/upstream/client.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

namespace sluice::test {
namespace {

using Addresses = Resolver::Addresses;

Addresses addresses(const char* text)
{
    return {asio::ip::make_address(text)};
}

/// A name server whose answers the test gives one by one.
class FakeDns {
public:
    Result<Addresses> lookup(const std::string&)
    {
        std::unique_lock lock(mutex_);
        ++lookups_;
        changed_.notify_all();
        changed_.wait(lock, [&] { return !answers_.empty(); });
        auto answer = std::move(answers_.front());
        answers_.erase(answers_.begin());
        return answer;
    }
    void answer(Result<Addresses> answer)
    {
        const std::lock_guard lock(mutex_);
        answers_.push_back(std::move(answer));
        changed_.notify_all();
    }
    void await_lookups(int n)
    {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return lookups_ >= n; });
    }
    int lookups()
    {
        const std::lock_guard lock(mutex_);
        return lookups_;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Result<Addresses>> answers_;
    int lookups_ = 0;
};

struct ResolverTest : testing::Test {
    using Answer = Result<Resolver::Endpoints>;

    // Shared, because a lookup may outlive the resolver.
    std::shared_ptr<FakeDns> dns = std::make_shared<FakeDns>();
    std::shared_ptr<std::atomic<TimePoint>> now =
        std::make_shared<std::atomic<TimePoint>>(TimePoint{} + 1h);
    Resolver resolver{options(3)};
    Client client;

    Resolver::Options options(int threads) const
    {
        return {
            .threads = threads,
            .lookup = [dns = dns](const std::string& host) { return dns->lookup(host); },
            .now = [now = now] { return now->load(); }
        };
    }
    /// The address that a resolver gives now, or the error's code.
    std::string found(const std::string& host) { return found(host, resolver); }
    std::string found(const std::string& host, Resolver& by)
    {
        const auto answer = client.run(by.resolve(host, 443, in(10s)));
        return answer ? answer->front().address().to_string()
                      : std::string(code_of(answer.error().kind));
    }
    void pass(milliseconds span) { *now = now->load() + span; }
    ~ResolverTest() override
    {
        for (int i = 0; i < 8; ++i) dns->answer(fail(ErrorKind::unreachable, "the test is over"));
    }
};

TEST_F(ResolverTest, addresses_need_no_lookup)
{
    EXPECT_EQ(found("192.0.2.7"), "192.0.2.7");
    EXPECT_EQ(found("2001:db8::7"), "2001:db8::7");
    EXPECT_EQ(dns->lookups(), 0);
}

TEST_F(ResolverTest, answer_carries_the_port)
{
    dns->answer(addresses("192.0.2.1"));
    const auto answer = client.run(resolver.resolve("a.test", 443, in(10s)));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->front(), asio::ip::tcp::endpoint(asio::ip::make_address("192.0.2.1"), 443));
}

TEST_F(ResolverTest, answer_is_kept_for_its_time)
{
    dns->answer(addresses("192.0.2.1"));
    EXPECT_EQ(found("a.test"), "192.0.2.1");
    pass(Resolver::positive_ttl - 1ms);
    EXPECT_EQ(found("a.test"), "192.0.2.1");
    EXPECT_EQ(dns->lookups(), 1);
}

TEST_F(ResolverTest, old_answer_serves_while_it_is_refreshed)
{
    dns->answer(addresses("192.0.2.1"));
    EXPECT_EQ(found("a.test"), "192.0.2.1");
    pass(Resolver::positive_ttl);
    EXPECT_EQ(found("a.test"), "192.0.2.1");  // at once: the name server is silent
    dns->await_lookups(2);
    EXPECT_EQ(found("a.test"), "192.0.2.1");
    dns->answer(addresses("192.0.2.2"));
    while (found("a.test") != "192.0.2.2") std::this_thread::yield();
    EXPECT_EQ(dns->lookups(), 2);
}

TEST_F(ResolverTest, old_answer_survives_a_name_server_that_fails)
{
    Resolver one_by_one{options(1)};
    dns->answer(addresses("192.0.2.1"));
    EXPECT_EQ(found("a.test", one_by_one), "192.0.2.1");
    pass(Resolver::positive_ttl);
    EXPECT_EQ(found("a.test", one_by_one), "192.0.2.1");
    dns->answer(fail(ErrorKind::unreachable, "down"));
    dns->answer(addresses("192.0.2.2"));
    EXPECT_EQ(found("b.test", one_by_one), "192.0.2.2");  // so the failure has been noted
    EXPECT_EQ(found("a.test", one_by_one), "192.0.2.1");
    EXPECT_EQ(dns->lookups(), 3);
    pass(Resolver::negative_ttl);
    EXPECT_EQ(found("a.test", one_by_one), "192.0.2.1");
    dns->await_lookups(4);
}

TEST_F(ResolverTest, answer_that_is_too_old_serves_no_more)
{
    dns->answer(addresses("192.0.2.1"));
    EXPECT_EQ(found("a.test"), "192.0.2.1");
    pass(Resolver::stale_ttl);
    dns->answer(fail(ErrorKind::unreachable, "gone"));
    EXPECT_EQ(found("a.test"), "upstream_unreachable");
}

TEST_F(ResolverTest, failure_is_kept_for_a_shorter_time)
{
    dns->answer(fail(ErrorKind::unreachable, "no such name"));
    EXPECT_EQ(found("a.test"), "upstream_unreachable");
    pass(Resolver::negative_ttl - 1ms);
    EXPECT_EQ(found("a.test"), "upstream_unreachable");
    EXPECT_EQ(dns->lookups(), 1);
    pass(1ms);
    dns->answer(addresses("192.0.2.1"));
    EXPECT_EQ(found("a.test"), "192.0.2.1");
}

TEST_F(ResolverTest, waiters_share_one_lookup)
{
    std::array<Running<Answer>, 3> running;
    const std::string host = "a.test";
    for (auto& one : running) client.spawn(resolver.resolve(host, 443, in(10s)), one);
    client.turn();
    dns->answer(addresses("192.0.2.1"));
    for (auto& one : running) {
        client.run_until([&] { return one.result.has_value(); });
        EXPECT_TRUE(*one.result);
    }
    EXPECT_EQ(dns->lookups(), 1);
}

TEST_F(ResolverTest, slow_name_does_not_hold_up_another)
{
    Running<Answer> slow;
    const std::string host = "slow.test";
    client.spawn(resolver.resolve(host, 443, in(10s)), slow);
    client.turn();
    dns->await_lookups(1);
    Running<Answer> other;
    const std::string other_host = "other.test";
    client.spawn(resolver.resolve(other_host, 443, in(10s)), other);
    client.turn();
    dns->await_lookups(2);
    dns->answer(addresses("192.0.2.1"));
    client.run_until([&] { return slow.result || other.result; });
    dns->answer(addresses("192.0.2.1"));
    client.run_until([&] { return slow.result && other.result; });
}

TEST_F(ResolverTest, waiter_leaves_a_hanging_lookup_at_its_deadline)
{
    EXPECT_EQ(
        kind_of(client.run(resolver.resolve("a.test", 443, in(20ms)))), ErrorKind::connect_timeout
    );
    dns->answer(addresses("192.0.2.1"));  // late, but not lost
    EXPECT_EQ(found("a.test"), "192.0.2.1");
    EXPECT_EQ(dns->lookups(), 1);
}

TEST_F(ResolverTest, waiter_leaves_a_hanging_lookup_when_cancelled)
{
    Running<Answer> running;
    const std::string host = "a.test";
    client.spawn(resolver.resolve(host, 443, in(10s)), running);
    client.turn();
    client.cancel();
    client.turn();
    ASSERT_TRUE(running.result);
    EXPECT_EQ(kind_of(*running.result), ErrorKind::cancelled);
}

TEST_F(ResolverTest, end_does_not_wait_for_a_hanging_lookup)
{
    {
        Resolver dying{{.lookup = [dns = dns](const std::string& host) {
            return dns->lookup(host);
        }}};
        EXPECT_FALSE(client.run(dying.resolve("a.test", 443, in(1ms))));
        dns->await_lookups(1);
    }
    EXPECT_EQ(dns->lookups(), 1);
}

TEST(SystemLookup, knows_localhost)
{
    const auto found = Resolver::system_lookup("localhost");
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_TRUE(found->front().is_loopback());
}

TEST(SystemLookup, says_which_name_it_did_not_find)
{
    const std::string impossible(64, 'x');  // longer than a label may be
    const auto found = Resolver::system_lookup(impossible);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().kind, ErrorKind::unreachable);
    EXPECT_TRUE(found.error().message.starts_with(impossible + ": no address: "));
}

}  // namespace
}  // namespace sluice::test
