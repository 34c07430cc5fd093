#include "support/chat_calls.hpp"
#include "support/fake_upstream.hpp"

#include <gtest/gtest.h>

#include <atomic>

namespace sluice::test {

namespace {

using namespace std::chrono_literals;

std::string whole_script()
{
    const std::string body =
        R"({"id":"c","object":"chat.completion","created":1,"model":"fake-model","choices":[)"
        R"({"index":0,"message":{"role":"assistant","content":"whole"},"finish_reason":"stop"}],)"
        R"("usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}})";
    return concat(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ",
        std::to_string(body.size()),
        "\r\n\r\n",
        body
    );
}

std::string stream_script()
{
    return stream_head() + chunked(chunk_event("who")) + chunked(chunk_event("le")) +
           chunked(finish_event()) + chunked(usage_event(3, 2)) + chunked("data: [DONE]\n\n") +
           "0\r\n\r\n";
}

/// Sends a script up to a place that moves with every request, alternately closing and resetting
/// there.
class CuttingUpstream {
public:
    CuttingUpstream(std::string script, std::size_t step)
        : script_(std::move(script)), step_(step), fake_([this](Peer& peer) { return cut(peer); })
    {
    }
    std::string url() const { return fake_.url(); }
    int requests() const { return fake_.requests(); }
    /// As many requests cut the script everywhere in both ways, and leave it whole at the end.
    int cuts() const { return 2 * static_cast<int>(script_.size() / step_ + 2); }

private:
    bool cut(Peer& peer)
    {
        const auto n = next_++;
        peer.send(std::string_view(script_).substr(0, n / 2 * step_));
        peer.pause(1ms);  // so that the gateway reads it before it learns of the end
        if (n % 2 == 1) peer.reset();
        return false;
    }

    std::string script_;
    std::size_t step_;
    std::atomic<std::size_t> next_ = 0;
    FakeUpstream fake_;
};

/// One try of the cut target each time, whatever happened before.
void unforgiving(Config& config)
{
    config.providers[0].retry.max_attempts = 1;
    config.providers[0].breaker.enabled = false;
}

void expect_nothing_left(TestGateway& gateway)
{
    const auto idle = [&] {
        return gateway.metric(R"(sluice_in_flight_requests{surface="connector"})") == 0 &&
               gateway.metric("sluice_open_streams") == 0 &&
               gateway.metric(R"(sluice_pool_connections{provider="main",state="in_use"})") == 0;
    };
    EXPECT_TRUE(eventually(idle)) << gateway.metrics();
    EXPECT_EQ(gateway.metric("sluice_queue_depth"), 0);
}

TEST(BrokenScript, of_a_whole_answer_is_made_good_by_the_next_target)
{
    CuttingUpstream main(whole_script(), 5);
    FakeUpstream spare(chat_answer("spare"));
    TestGateway gateway({{"main", main.url()}, {"spare", spare.url()}}, unforgiving);
    int whole = 0;
    for (int i = 0; i < main.cuts(); ++i) {
        const auto answer = chat(gateway);
        ASSERT_EQ(answer.status, 200) << "cut " << i << ": " << answer.body;
        const auto content = content_of(answer);
        EXPECT_TRUE(content == "whole" || content == "spare") << "cut " << i << ": " << content;
        whole += content == "whole";
    }
    EXPECT_EQ(main.requests(), main.cuts());
    EXPECT_EQ(whole + spare.requests(), main.cuts());
    EXPECT_GE(whole, 1);
    EXPECT_LE(whole, 4);  // nothing but the uncut script counts as an answer
    expect_nothing_left(gateway);
}

TEST(BrokenScript, of_a_stream_is_made_good_or_ends_in_an_error)
{
    CuttingUpstream main(stream_script(), 7);
    FakeUpstream spare(chat_stream({"spare"}));
    TestGateway gateway({{"main", main.url()}, {"spare", spare.url()}}, unforgiving);
    int whole = 0, replaced = 0, failed = 0;
    for (int i = 0; i < main.cuts(); ++i) {
        const auto answer = stream(gateway);
        ASSERT_EQ(answer.status, 200) << "cut " << i << ": " << answer.body;
        const auto story = story_of(answer);
        ASSERT_TRUE(story.complete() || story.failed_with()) << "cut " << i << ": " << answer.body;
        if (story.complete() && story.text == "whole") {
            ++whole;
        } else if (story.complete()) {
            ++replaced;
            EXPECT_EQ(story.text, "spare") << "cut " << i;
        } else {
            ++failed;
            EXPECT_TRUE(story.text == "who" || story.text == "whole") << "cut " << i;
        }
    }
    EXPECT_EQ(main.requests(), main.cuts());
    EXPECT_EQ(replaced, spare.requests());
    EXPECT_GE(whole, 1);
    EXPECT_GT(replaced, 10);
    EXPECT_GT(failed, 10);
    expect_nothing_left(gateway);
}

}  // namespace

}  // namespace sluice::test
