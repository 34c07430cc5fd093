#include "support/chat_calls.hpp"
#include "support/fake_upstream.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace sluice::test {

namespace {

using namespace std::chrono_literals;

constexpr auto span = 150ms;       // of the deadline under test
constexpr auto far_too_late = 2s;  // well before any other deadline

/// The first token's role without its text, then silence.
bool role_and_silence(Peer& peer)
{
    peer.send(stream_head());
    peer.send(chunked(R"(data: {"choices":[{"index":0,"delta":{"role":"assistant"}}]})"
                      "\n\n"));
    return hang()(peer);
}

bool word_and_silence(Peer& peer)
{
    peer.send(stream_head());
    peer.send(chunked(chunk_event("half")));
    return hang()(peer);
}

TEST(ConnectDeadline, has_its_code_and_is_retried)
{
    FakeUpstream silent(hang());  // never answers the greeting of TLS
    auto url = silent.url();
    url.replace(0, 4, "https");
    TestGateway gateway({{"main", url}}, [](Config& config) {
        config.providers[0].timeouts.connect = span;
        config.providers[0].retry.max_attempts = 2;
    });
    const auto started = Clock::now();
    const auto answer = chat(gateway);
    EXPECT_EQ(answer.status, 504);
    EXPECT_EQ(code_of(answer), "connect_timeout");
    EXPECT_EQ(silent.connections(), 2);
    EXPECT_GE(Clock::now() - started, 2 * span);
    EXPECT_LT(Clock::now() - started, far_too_late);
}

TEST(ResponseDeadline, has_its_code_and_a_silent_target_is_not_asked_again)
{
    FakeUpstream silent(hang());
    TestGateway gateway({{"main", silent.url()}}, [](Config& config) {
        config.providers[0].timeouts.response = span;
    });
    const auto started = Clock::now();
    const auto answer = chat(gateway);
    EXPECT_EQ(answer.status, 504);
    EXPECT_EQ(code_of(answer), "response_timeout");
    EXPECT_GE(Clock::now() - started, span);
    EXPECT_LT(Clock::now() - started, far_too_late);
    EXPECT_EQ(silent.requests(), 1);
    EXPECT_TRUE(silent.closed(0, 1s));
}

TEST(ResponseDeadline, leads_to_the_next_target)
{
    FakeUpstream silent(hang()), spare(chat_answer("spare"));
    TestGateway gateway({{"main", silent.url()}, {"spare", spare.url()}}, [](Config& config) {
        config.providers[0].timeouts.response = span;
    });
    const auto answer = chat(gateway);
    EXPECT_EQ(content_of(answer), "spare");
    EXPECT_EQ(attempts_of(answer), "main response_timeout, spare ok");
    EXPECT_EQ(silent.requests(), 1);
}

class FirstTokenDeadline : public testing::TestWithParam<bool> {};

TEST_P(FirstTokenDeadline, has_its_code_and_the_target_is_not_asked_again)
{
    FakeUpstream silent(GetParam() ? Reply(role_and_silence) : hang());
    TestGateway gateway({{"main", silent.url()}}, [](Config& config) {
        config.providers[0].timeouts.first_token = span;
    });
    const auto answer = stream(gateway);
    EXPECT_EQ(answer.status, 504);
    EXPECT_EQ(code_of(answer), "first_token_timeout");
    EXPECT_EQ(silent.requests(), 1);
    EXPECT_TRUE(silent.closed(0, 1s));
}

TEST_P(FirstTokenDeadline, leads_to_the_next_target)
{
    FakeUpstream silent(GetParam() ? Reply(role_and_silence) : hang());
    FakeUpstream spare(chat_stream({"spa", "re"}));
    TestGateway gateway({{"main", silent.url()}, {"spare", spare.url()}}, [](Config& config) {
        config.providers[0].timeouts.first_token = span;
    });
    const auto answer = stream(gateway);
    EXPECT_TRUE(story_of(answer).complete()) << answer.body;
    EXPECT_EQ(story_of(answer).text, "spare");
    EXPECT_EQ(attempts_of(answer), "main first_token_timeout, spare ok");
    EXPECT_EQ(silent.requests(), 1);
}

INSTANTIATE_TEST_SUITE_P(silent, FirstTokenDeadline, testing::Bool(), [](const auto& info) {
    return info.param ? "after_the_role" : "from_the_start";
});

TEST(IdleDeadline, ends_a_stream_that_fell_silent_with_an_error)
{
    FakeUpstream stalling(word_and_silence), spare(chat_stream({"spare"}));
    TestGateway gateway({{"main", stalling.url()}, {"spare", spare.url()}}, [](Config& config) {
        config.providers[0].timeouts.between_tokens = span;
    });
    const auto started = Clock::now();
    const auto answer = stream(gateway);
    EXPECT_TRUE(story_of(answer).failed_with("idle_timeout")) << answer.body;
    EXPECT_EQ(story_of(answer).text, "half");
    EXPECT_GE(Clock::now() - started, span);
    EXPECT_LT(Clock::now() - started, far_too_late);
    EXPECT_EQ(spare.requests(), 0);
    EXPECT_TRUE(stalling.closed(0, 1s));
}

TEST(IdleDeadline, counts_from_the_last_token)
{
    FakeUpstream steady(chat_stream({"a", "b", "c", "d", "e", "f"}, 40ms));
    TestGateway gateway({{"main", steady.url()}}, [](Config& config) {
        config.providers[0].timeouts.between_tokens = 200ms;
    });
    const auto answer = stream(gateway);
    EXPECT_TRUE(story_of(answer).complete()) << answer.body;
    EXPECT_EQ(story_of(answer).text, "abcdef");
}

TEST(TotalDeadline, ends_the_request_and_no_other_target_is_asked)
{
    FakeUpstream silent(hang()), spare(chat_answer("spare"));
    TestGateway gateway({{"main", silent.url()}, {"spare", spare.url()}}, [](Config& config) {
        config.providers[0].timeouts.total = span;
    });
    const auto answer = chat(gateway);
    EXPECT_EQ(answer.status, 504);
    EXPECT_EQ(code_of(answer), "deadline_exceeded");
    EXPECT_EQ(spare.requests(), 0);
}

TEST(TotalDeadline, ends_a_stream_that_goes_on_too_long)
{
    FakeUpstream endless(chat_stream(std::vector<std::string>(200, "on "), 20ms));
    TestGateway gateway({{"main", endless.url()}}, [](Config& config) {
        config.providers[0].timeouts.total = 150ms;
    });
    const auto answer = stream(gateway);
    EXPECT_TRUE(story_of(answer).failed_with("deadline_exceeded")) << answer.body;
    EXPECT_TRUE(endless.closed(0, 1s));
}

TEST(CallersDeadline, bounds_the_request)
{
    FakeUpstream silent(hang()), spare(chat_answer("spare"));
    TestGateway gateway({{"main", silent.url()}, {"spare", spare.url()}});
    const auto started = Clock::now();
    const auto answer = chat(gateway, "", "x-request-deadline-ms: 80\r\n");
    EXPECT_EQ(answer.status, 504);
    EXPECT_EQ(code_of(answer), "deadline_exceeded");
    EXPECT_LT(Clock::now() - started, far_too_late);
    EXPECT_EQ(spare.requests(), 0);
}

TEST(CallersDeadline, includes_the_wait_before_a_retry)
{
    const auto overloaded = status(503, "", "retry-after-ms: 100\r\n");
    FakeUpstream upstream(in_turn({overloaded, hang()}));
    TestGateway gateway({{"main", upstream.url()}});
    const auto started = Clock::now();
    const auto answer = chat(gateway, "", "x-request-deadline-ms: 300\r\n");
    const auto took = Clock::now() - started;
    EXPECT_EQ(code_of(answer), "deadline_exceeded");
    EXPECT_EQ(upstream.requests(), 2);
    EXPECT_GE(took, 295ms);
    EXPECT_LT(took, 395ms);
}

TEST(CallersDeadline, is_not_waited_for_where_no_retry_fits_it)
{
    FakeUpstream upstream(status(503, "", "retry-after-ms: 3000\r\n"));
    TestGateway gateway({{"main", upstream.url()}});
    const auto started = Clock::now();
    const auto answer = chat(gateway, "", "x-request-deadline-ms: 2500\r\n");
    EXPECT_EQ(answer.status, 503);
    EXPECT_LT(Clock::now() - started, far_too_late);
    EXPECT_EQ(upstream.requests(), 1);
}

int deadline_sent(const std::string& head)
{
    constexpr std::string_view name = "x-request-deadline-ms: ";
    const auto found = head.find(name);
    return found == head.npos ? -1 : std::atoi(head.c_str() + found + name.size());
}

TEST(CallersDeadline, travels_upstream_as_what_is_left)
{
    const auto overloaded = status(503, "", "retry-after-ms: 100\r\n");
    FakeUpstream upstream(in_turn({overloaded, chat_answer("fine")}));
    TestGateway gateway({{"main", upstream.url()}});
    EXPECT_EQ(content_of(chat(gateway, "", "x-request-deadline-ms: 5000\r\n")), "fine");
    ASSERT_EQ(upstream.requests(), 2);
    EXPECT_LE(deadline_sent(upstream.head(0)), 5000);
    EXPECT_GT(deadline_sent(upstream.head(0)), 4000);
    EXPECT_LE(deadline_sent(upstream.head(1)), deadline_sent(upstream.head(0)) - 99);

    chat(gateway);
    EXPECT_EQ(deadline_sent(upstream.head(2)), -1);
}

TEST(CallersDeadline, must_be_a_number)
{
    FakeUpstream upstream(chat_answer("fine"));
    TestGateway gateway({{"main", upstream.url()}});
    const auto answer = chat(gateway, "", "x-request-deadline-ms: soon\r\n");
    EXPECT_EQ(answer.status, 422);
    EXPECT_EQ(at(answer.body, "/error/param"), "\"x-request-deadline-ms\"");
    EXPECT_EQ(upstream.requests(), 0);
}

}  // namespace

}  // namespace sluice::test
