#include "support/calls.hpp"
#include "support/fake_upstream.hpp"
#include "support/test_gateway.hpp"

#include <gmock/gmock.h>

namespace sluice::test {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

constexpr auto chat_path = "/api/v1/auto/chat";
constexpr auto in_flight = R"(sluice_in_flight_requests{surface="connector"})";
/// Promised are 100 ms; the rest is for a busy machine.
constexpr auto promptly = 250ms;

/// Sends the words and waits for the gateway to close; whatever is tried next answers at once.
Reply speak_and_listen(std::vector<std::string> words)
{
    return [=](Peer& peer) {
        peer.send(stream_head());
        for (const auto& word : words) peer.send(chunked(chunk_event(word)));
        peer.closed_within(10s);
        return false;
    };
}

/// The caller breaks off; how long until the n-th connection of the fake is closed.
milliseconds time_to_close(const FakeUpstream& fake, RawClient& client, int n = 0)
{
    const auto left = Clock::now();
    client.close();
    const auto closed = fake.closed(n, 5s);
    EXPECT_TRUE(closed) << "the upstream connection stays open";
    if (!closed) return 5s;
    return std::chrono::duration_cast<milliseconds>(*closed - left);
}

void expect_nothing_left(TestGateway& gateway)
{
    EXPECT_TRUE(eventually([&] { return gateway.metric(in_flight) == 0; }));
    EXPECT_TRUE(eventually([&] { return gateway.metric("sluice_open_streams") == 0; }));
    EXPECT_TRUE(eventually([&] {
        return gateway.metric(R"(sluice_pool_connections{provider="main",state="in_use"})") == 0;
    }));
}

TEST(ClientLeaves, in_the_queue_and_nothing_is_asked)
{
    FakeUpstream fake(hang());
    TestGateway gateway({{"main", fake.url()}}, [](Config& config) {
        config.server.max_concurrency = 1;
        config.server.queue_timeout = 10s;
    });
    RawClient inside(gateway.port()), waiting(gateway.port());
    inside.send(request_text("POST", chat_path, chat_body()));
    ASSERT_TRUE(eventually([&] { return fake.requests() == 1; }));
    waiting.send(request_text("POST", chat_path, chat_body()));
    ASSERT_TRUE(eventually([&] { return gateway.metric("sluice_queue_depth") == 1; }));

    const auto left = Clock::now();
    waiting.reset();
    EXPECT_TRUE(eventually([&] { return gateway.metric(in_flight) == 1; }));
    EXPECT_LT(Clock::now() - left, promptly);
    EXPECT_EQ(gateway.metric("sluice_queue_depth"), 0);

    EXPECT_LT(time_to_close(fake, inside), promptly);
    expect_nothing_left(gateway);
    EXPECT_EQ(fake.requests(), 1);
}

TEST(ClientLeaves, in_backoff_and_nothing_is_tried_again)
{
    FakeUpstream fake(status(503, "", "retry-after-ms: 300\r\n"));
    FakeUpstream other(chat_answer("yes"));
    TestGateway gateway({{"main", fake.url()}, {"other", other.url()}});
    RawClient client(gateway.port());
    client.send(request_text("POST", chat_path, chat_body()));
    ASSERT_TRUE(eventually([&] {
        return gateway.metric(
                   R"(sluice_retries_total{model="fake-model",provider="main",reason="upstream_overloaded"})"
               ) == 1;
    }));
    const auto left = Clock::now();
    client.reset();
    EXPECT_TRUE(eventually([&] { return gateway.metric(in_flight) == 0; }));
    EXPECT_LT(Clock::now() - left, promptly);
    std::this_thread::sleep_for(400ms);  // the retry would have come by now
    EXPECT_EQ(fake.requests(), 1);
    EXPECT_EQ(other.requests(), 0);
}

TEST(ClientLeaves, while_connecting)
{
    FakeUpstream mute(hang());  // takes the connection and never speaks TLS
    FakeUpstream other(chat_answer("yes"));
    const auto url = "https" + mute.url().substr(4);
    TestGateway gateway({{"main", url}, {"other", other.url()}});
    RawClient client(gateway.port());
    client.send(request_text("POST", chat_path, chat_body()));
    ASSERT_TRUE(eventually([&] { return mute.connections() == 1; }));
    EXPECT_LT(time_to_close(mute, client), promptly);
    expect_nothing_left(gateway);
    EXPECT_EQ(mute.connections(), 1);
    EXPECT_EQ(other.connections(), 0);
}

TEST(ClientLeaves, while_the_answer_is_awaited)
{
    FakeUpstream fake(hang()), other(chat_answer("yes"));
    TestGateway gateway({{"main", fake.url()}, {"other", other.url()}});
    for (const auto& [n, body] : {std::pair{0, chat_body()}, {1, chat_body(R"("stream":true)")}}) {
        RawClient client(gateway.port());
        client.send(request_text("POST", chat_path, body));
        ASSERT_TRUE(eventually([&] { return fake.requests() == n + 1; }));
        EXPECT_LT(time_to_close(fake, client, n), promptly);
    }
    expect_nothing_left(gateway);
    EXPECT_EQ(fake.requests(), 2);
    EXPECT_EQ(other.requests(), 0);
}

TEST(ClientLeaves, in_mid_stream_and_the_usage_is_an_estimate)
{
    FakeUpstream fake(speak_and_listen({"one ", "two "})), other(chat_answer("yes"));
    TestGateway gateway({{"main", fake.url()}, {"other", other.url()}});
    const CapturedLog log;
    RawClient client(gateway.port());
    client.send(request_text("POST", chat_path, chat_body(R"("stream":true)")));
    auto stream = client.read_head();
    while (!stream.body.contains("two ")) ASSERT_TRUE(client.read_piece(stream));
    EXPECT_LT(time_to_close(fake, client), promptly);

    const auto line = log.line_with(R"("msg":"request")");
    EXPECT_THAT(line, HasSubstr(R"("outcome":"cancelled")"));
    EXPECT_THAT(line, HasSubstr(R"("estimated":true)"));
    expect_nothing_left(gateway);
    EXPECT_EQ(fake.requests(), 1);
    EXPECT_EQ(other.requests(), 0);
}

TEST(ClientLeaves, with_a_reset_too)
{
    FakeUpstream fake(hang());
    TestGateway gateway({{"main", fake.url()}});
    RawClient client(gateway.port());
    client.send(request_text("POST", chat_path, chat_body()));
    ASSERT_TRUE(eventually([&] { return fake.requests() == 1; }));
    const auto left = Clock::now();
    client.reset();
    const auto closed = fake.closed(0, 5s);
    ASSERT_TRUE(closed);
    EXPECT_LT(*closed - left, promptly);
}

TEST(ClientLeaves, its_fault_is_no_failure_of_the_target)
{
    FakeUpstream fake(in_turn({hang(), hang(), hang(), chat_answer("yes")}));
    TestGateway gateway({{"main", fake.url()}}, [](Config& config) {
        config.providers[0].breaker.min_requests = 1;
    });
    for (int n = 0; n < 3; ++n) {
        RawClient client(gateway.port());
        client.send(request_text("POST", chat_path, chat_body()));
        ASSERT_TRUE(eventually([&] { return fake.requests() == n + 1; }));
        time_to_close(fake, client, n);
    }
    expect_nothing_left(gateway);
    EXPECT_EQ(post(gateway.port(), chat_path, chat_body()).status, 200);
}

TEST(ClientLeaves, drain_reads_the_rest_and_accounts_the_exact_usage)
{
    FakeUpstream fake(in_turn({chat_stream({"a ", "b ", "c ", "d "}, 30ms), chat_answer("yes")}));
    TestGateway gateway({{"main", fake.url()}}, [](Config& config) {
        config.routes[0].on_disconnect = OnDisconnect::drain;
    });
    const CapturedLog log;
    {
        RawClient client(gateway.port());
        client.send(request_text("POST", chat_path, chat_body(R"("stream":true)")));
        auto stream = client.read_head();
        ASSERT_TRUE(client.read_piece(stream));
        client.reset();
    }
    const auto line = log.line_with(R"("msg":"request")");
    EXPECT_THAT(line, HasSubstr(R"("estimated":false)"));
    EXPECT_THAT(line, HasSubstr(R"("tokens_in":3,"tokens_out":4)"));
    expect_nothing_left(gateway);
    EXPECT_EQ(
        gateway.metric(R"(sluice_tokens_total{kind="output",model="fake-model",provider="main"})"),
        4
    );
    EXPECT_EQ(post(gateway.port(), chat_path, chat_body()).status, 200);
}

}  // namespace
}  // namespace sluice::test
