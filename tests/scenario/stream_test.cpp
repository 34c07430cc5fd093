#include "support/chat_calls.hpp"
#include "support/fake_upstream.hpp"

#include <gtest/gtest.h>

#include <ostream>

namespace sluice::test {

namespace {

using namespace std::chrono_literals;

constexpr auto done = "data: [DONE]\n\n";
constexpr auto role = R"(data: {"choices":[{"index":0,"delta":{"role":"assistant"}}]})"
                      "\n\n";
constexpr auto garbage = "data: {\"choices\":[{\n\n";
constexpr auto report =
    R"(data: {"error":{"message":"failed","type":"server_error","code":"server_error"}})"
    "\n\n";

/// How a stream goes wrong after what it has sent.
struct Break {
    std::string name;
    std::vector<std::string> events;
    enum { ends, closes, resets } how = ends;
};
void PrintTo(const Break& broken, std::ostream* out)
{
    *out << broken.name;
}

/// The events before, a moment for them to arrive, then the break.
Reply breaking(std::vector<std::string> before, const Break& broken)
{
    return [=](Peer& peer) {
        peer.send(stream_head());
        for (const auto& event : before) peer.send(chunked(event));
        peer.pause(20ms);
        for (const auto& event : broken.events) peer.send(chunked(event));
        if (broken.how == Break::ends) return peer.send("0\r\n\r\n");
        if (broken.how == Break::resets) peer.reset();
        return false;
    };
}

class BrokenStream : public testing::TestWithParam<Break> {};

TEST_P(BrokenStream, ends_in_one_error_event_after_its_first_token)
{
    FakeUpstream main(breaking({role, chunk_event("half")}, GetParam()));
    FakeUpstream spare(chat_stream({"spare"}));
    TestGateway gateway({{"main", main.url()}, {"spare", spare.url()}});
    const auto answer = stream(gateway);
    EXPECT_EQ(answer.status, 200);
    EXPECT_TRUE(story_of(answer).failed_with()) << answer.body;
    EXPECT_EQ(story_of(answer).text, "half");
    EXPECT_TRUE(answer.complete);
    EXPECT_EQ(main.requests(), 1);
    EXPECT_EQ(spare.requests(), 0);
}

TEST_P(BrokenStream, is_replaced_by_the_next_targets_before_its_first_token)
{
    FakeUpstream main(breaking({role}, GetParam())), spare(chat_stream({"spa", "re"}));
    TestGateway gateway({{"main", main.url()}, {"spare", spare.url()}}, [](Config& config) {
        config.providers[0].retry.max_attempts = 1;
    });
    const auto answer = stream(gateway);
    const auto story = story_of(answer);
    EXPECT_TRUE(story.complete()) << answer.body;
    EXPECT_EQ(story.text, "spare");
    EXPECT_EQ(answer.header("x-sluice-provider"), "spare");
    EXPECT_TRUE(attempts_of(answer).ends_with(", spare ok"));
    EXPECT_EQ(main.requests(), 1);
    EXPECT_EQ(spare.requests(), 1);
}

TEST_P(BrokenStream, is_an_ordinary_error_where_nothing_came_and_nobody_else_is_left)
{
    FakeUpstream main(breaking({role}, GetParam()));
    TestGateway gateway({{"main", main.url()}}, [](Config& config) {
        config.providers[0].retry.max_attempts = 1;
    });
    const auto answer = stream(gateway);
    EXPECT_EQ(answer.status, 502) << answer.body;
    EXPECT_EQ(at(answer.body, "/success"), "false");
    EXPECT_EQ(answer.header("content-type"), "application/json");
}

INSTANTIATE_TEST_SUITE_P(
    every_way,
    BrokenStream,
    testing::Values(
        Break{"closed", {}, Break::closes},
        Break{"reset", {}, Break::resets},
        Break{"ended_without_a_finish_reason", {}},
        Break{"done_without_a_finish_reason", {done}},
        Break{"garbage", {garbage, garbage, garbage, garbage}},
        Break{"cut_within_an_event", {"data: {\"choi"}, Break::closes},
        Break{"provider_reports_an_error", {report}},
        Break{"provider_reports_an_error_and_done", {report, done}}
    ),
    [](const auto& info) { return info.param.name; }
);

TEST(Stream, arrives_whole_with_usage_on_its_last_chunk)
{
    FakeUpstream main(chat_stream({"Hel", "lo"}));
    TestGateway gateway({{"main", main.url()}});
    const auto answer = stream(gateway);
    const auto story = story_of(answer);
    EXPECT_EQ(answer.header("content-type"), "text/event-stream");
    EXPECT_TRUE(story.complete()) << answer.body;
    EXPECT_EQ(story.text, "Hello");
    EXPECT_EQ(story.finish, "stop");
    EXPECT_EQ(at(story.usage, "/total_tokens"), "5");
    EXPECT_FALSE(story.usage_alone);
}

TEST(Stream, gives_usage_a_chunk_of_its_own_where_it_is_asked_for)
{
    FakeUpstream main(chat_stream({"Hel", "lo"}));
    TestGateway gateway({{"main", main.url()}});
    const auto answer = stream(gateway, R"("stream_options":{"include_usage":true})");
    const auto story = story_of(answer);
    EXPECT_TRUE(story.complete()) << answer.body;
    EXPECT_EQ(at(story.usage, "/total_tokens"), "5");
    EXPECT_TRUE(story.usage_alone);
}

TEST(Stream, passes_each_token_on_when_it_comes)
{
    FakeUpstream main(chat_stream({"one ", "two"}, 150ms));
    TestGateway gateway({{"main", main.url()}});
    RawClient client(gateway.port());
    client.send(request_text("POST", "/api/v1/auto/chat/stream", chat_body()));
    auto answer = client.read_head();
    while (!answer.body.contains("one ") && client.read_piece(answer)) {
    }
    EXPECT_FALSE(answer.body.contains("two"));
    while (client.read_piece(answer)) {
    }
    EXPECT_TRUE(story_of(answer).complete()) << answer.body;
}

TEST(Stream, skips_and_counts_a_single_malformed_event)
{
    FakeUpstream main(sse({chunk_event("Hel"), garbage, chunk_event("lo"), finish_event(), done}));
    TestGateway gateway({{"main", main.url()}});
    const auto answer = stream(gateway);
    EXPECT_TRUE(story_of(answer).complete()) << answer.body;
    EXPECT_EQ(story_of(answer).text, "Hello");
    const auto series = series_of("sluice_malformed_events_total", "main");
    EXPECT_TRUE(eventually([&] { return gateway.metric(series) == 1; }));
}

TEST(Stream, is_complete_with_a_finish_reason_even_where_done_is_missing)
{
    FakeUpstream main(sse({chunk_event("Hello"), finish_event()}));
    TestGateway gateway({{"main", main.url()}});
    const auto answer = stream(gateway);
    EXPECT_TRUE(story_of(answer).complete()) << answer.body;
    EXPECT_EQ(story_of(answer).text, "Hello");
}

TEST(Stream, refused_by_the_provider_is_an_ordinary_error)
{
    FakeUpstream main(status(422, error_body("bad_field")));
    TestGateway gateway({{"main", main.url()}});
    const auto answer = stream(gateway);
    EXPECT_EQ(answer.status, 422);
    EXPECT_EQ(code_of(answer), "upstream_rejected");
    EXPECT_EQ(main.requests(), 1);
}

TEST(Stream, answered_in_one_piece_reaches_the_caller_as_a_stream)
{
    FakeUpstream main(chat_answer("in one piece")), spare(chat_stream({"spare"}));
    TestGateway gateway({{"main", main.url()}, {"spare", spare.url()}});
    const auto answer = stream(gateway);
    const auto story = story_of(answer);
    EXPECT_EQ(answer.header("content-type"), "text/event-stream");
    EXPECT_TRUE(story.complete()) << answer.body;
    EXPECT_EQ(story.text, "in one piece");
    EXPECT_EQ(at(story.usage, "/total_tokens"), "5");
    EXPECT_EQ(main.requests(), 1);
    EXPECT_EQ(spare.requests(), 0);
}

TEST(Stream, answered_by_a_page_of_html_is_a_broken_answer)
{
    FakeUpstream main(status(200, "<html></html>")), spare(chat_stream({"spare"}));
    TestGateway gateway({{"main", main.url()}, {"spare", spare.url()}}, [](Config& config) {
        config.providers[0].retry.max_attempts = 1;
    });
    const auto answer = stream(gateway);
    EXPECT_TRUE(story_of(answer).complete()) << answer.body;
    EXPECT_EQ(story_of(answer).text, "spare");
    EXPECT_EQ(attempts_of(answer), "main bad_response, spare ok");
}

}  // namespace

}  // namespace sluice::test
