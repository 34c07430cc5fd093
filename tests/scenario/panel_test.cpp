#include "support/chat_calls.hpp"
#include "support/fake_upstream.hpp"

#include <gmock/gmock.h>

namespace sluice::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto stream_path = "/api/chat/stream";

TEST(Panel, answers_with_the_text_alone)
{
    FakeUpstream fake(chat_answer("Plants turn light into sugar."));
    TestGateway gateway({{"main", fake.url()}});
    const auto answer = post(
        gateway.port(), "/api/chat", chat_body(R"("verbosity":"low","reasoning_effort":"low")")
    );
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(at(answer.body, "/content"), R"("Plants turn light into sugar.")");
    EXPECT_EQ(at(answer.body, "/usage/prompt_tokens"), "3");
    EXPECT_EQ(at(answer.body, "/usage/completion_tokens"), "2");
    EXPECT_EQ(at(answer.body, "/usage/total_tokens"), "5");
    EXPECT_EQ(at(answer.body, "/model"), R"("fake-model")");
    EXPECT_EQ(at(answer.body, "/id"), R"("chatcmpl-1")");
    EXPECT_THAT(fake.body(0), HasSubstr(R"("verbosity":"low")"));
}

TEST(Panel, streams_raw_chunks_where_the_body_asks_for_a_stream)
{
    FakeUpstream fake(chat_stream({"Hel", "lo"}));
    TestGateway gateway({{"main", fake.url()}});
    const auto story = story_of(post(gateway.port(), "/api/chat", chat_body(R"("stream":true)")));
    EXPECT_TRUE(story.complete());
    EXPECT_EQ(story.text, "Hello");
}

TEST(Panel, streams_nothing_but_text_to_clients_that_read_deltas)
{
    FakeUpstream fake(chat_stream({"Hel", "lo"}));
    TestGateway gateway({{"main", fake.url()}});
    const auto answer = post(gateway.port(), stream_path, chat_body());
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.header("content-type"), "text/event-stream");
    EXPECT_EQ(answer.header("cache-control"), "no-cache, no-transform");
    EXPECT_EQ(answer.header("x-accel-buffering"), "no");
    EXPECT_THAT(
        answer.body,
        testing::StartsWith("data: {\"delta\":\"Hel\"}\n\ndata: {\"delta\":\"lo\"}\n\n")
    );
    EXPECT_TRUE(answer.body.ends_with("\n\ndata: [DONE]\n\n"));
}

TEST(Panel, a_stream_that_breaks_ends_in_an_error_and_not_in_done)
{
    FakeUpstream fake(sse({chunk_event("Hel")}));
    TestGateway gateway({{"main", fake.url()}});
    const auto answer = post(gateway.port(), stream_path, chat_body());
    const auto last = answer.body.rfind("data: ", answer.body.size() - 2);
    EXPECT_THAT(answer.body.substr(last), testing::StartsWith("data: {\"error\":\""));
    EXPECT_THAT(answer.body, Not(HasSubstr("[DONE]")));
}

TEST(Panel, an_error_before_the_stream_is_no_stream)
{
    FakeUpstream fake(status(401, error_body("invalid_api_key")));
    TestGateway gateway({{"main", fake.url()}});
    const auto answer = post(gateway.port(), stream_path, chat_body());
    EXPECT_EQ(answer.status, 502);
    EXPECT_EQ(answer.header("content-type"), "application/json");
    EXPECT_THAT(at(answer.body, "/error"), testing::StartsWith("\""));
    EXPECT_EQ(at(answer.body, "/code"), R"("upstream_auth_failed")");

    const auto broken = post(gateway.port(), stream_path, R"({"messages":[]})");
    EXPECT_EQ(broken.status, 422);
    EXPECT_EQ(at(broken.body, "/param"), R"("messages")");
}

TEST(Panel, retries_before_the_first_token)
{
    FakeUpstream fake(in_turn({status(503), chat_stream({"Hi"})}));
    TestGateway gateway({{"main", fake.url()}});
    const auto answer = post(gateway.port(), stream_path, chat_body());
    EXPECT_EQ(answer.status, 200);
    EXPECT_THAT(answer.body, testing::StartsWith("data: {\"delta\":\"Hi\"}\n\n"));
    EXPECT_EQ(fake.requests(), 2);
}

}  // namespace
}  // namespace sluice::test
