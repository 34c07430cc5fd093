#include "support/chat_calls.hpp"
#include "support/fake_upstream.hpp"

#include <gmock/gmock.h>

namespace sluice::test {
namespace {

/// The fake model of this provider, with so large a window.
void set_window(Config& config, std::size_t provider, std::int64_t tokens)
{
    ModelOverride model;
    model.id = "fake-model";
    model.context_window = tokens;
    config.providers[provider].models.push_back(model);
}

std::string prompt_of(std::size_t words)
{
    std::string text;
    for (std::size_t i = 0; i < words; ++i) text += "word ";
    return R"("messages":[{"role":"user","content":")" + text + "\"}]";
}

TEST(ContextWindow, a_target_too_small_for_the_prompt_is_not_asked_while_another_is_there)
{
    FakeUpstream small(chat_answer("small"));
    FakeUpstream large(chat_answer("large"));
    TestGateway gateway({{"main", small.url()}, {"spare", large.url()}}, [](Config& config) {
        set_window(config, 0, 1000);
        set_window(config, 1, 100'000);
    });
    const auto ask = [&](std::size_t words) {
        return content_of(post(gateway.port(), "/api/v1/auto/chat", "{" + prompt_of(words) + "}"));
    };
    EXPECT_EQ(ask(10), "small");
    EXPECT_EQ(small.requests(), 1);
    EXPECT_EQ(ask(5000), "large");
    EXPECT_EQ(ask(40'000), "large");  // so much text is counted aside
    EXPECT_EQ(small.requests(), 1);
}

TEST(ContextWindow, an_estimate_alone_refuses_nobody)
{
    FakeUpstream fake(chat_answer("it fits after all"));
    TestGateway gateway({{"main", fake.url()}}, [](Config& config) {
        set_window(config, 0, 1000);
    });
    const auto answer = post(gateway.port(), "/api/v1/auto/chat", "{" + prompt_of(5000) + "}");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(fake.requests(), 1);
}

}  // namespace
}  // namespace sluice::test
