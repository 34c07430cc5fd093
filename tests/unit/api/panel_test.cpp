#include "api/panel.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

ChatDelta text(std::string content, int index = 0)
{
    ChatDelta delta;
    auto& choice = delta.choices.emplace_back();
    choice.index = index;
    choice.content = std::move(content);
    return delta;
}

ChatResponse answer(std::string content)
{
    ChatResponse response;
    response.id = "chatcmpl-1";
    response.model = "m";
    auto& choice = response.choices.emplace_back();
    choice.content = std::move(content);
    choice.finish = FinishReason::stop;
    response.usage = Usage{.prompt = 1, .completion = 2, .total = 3};
    return response;
}

const std::string usage_text =
    R"({"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,)"
    R"("prompt_tokens_details":{"cached_tokens":0},"completion_tokens_details":{"reasoning_tokens":0}})";

TEST(Panel, answers_with_the_text_and_what_it_took)
{
    EXPECT_EQ(
        PanelForm().whole(answer("Hi"), {}),
        R"({"content":"Hi","usage":)" + usage_text + R"(,"model":"m","id":"chatcmpl-1"})"
    );
}

TEST(Panel, shows_a_refusal_where_there_is_no_text)
{
    auto refused = answer("");
    refused.choices.front().refusal = "I won't.";
    EXPECT_TRUE(PanelForm().whole(std::move(refused), {}).starts_with(R"({"content":"I won't.")"));
}

class PanelStream : public testing::Test {
protected:
    PanelStreamForm form;
    std::string out;
};

TEST_F(PanelStream, has_one_line_an_event_with_nothing_but_the_text)
{
    form.begin(out, {});
    form.append(out, text("Hel"));
    form.append(out, text("lo\n\"you\""));
    EXPECT_EQ(out, "data: {\"delta\":\"Hel\"}\n\ndata: {\"delta\":\"lo\\n\\\"you\\\"\"}\n\n");
}

TEST_F(PanelStream, ends_with_done_and_keeps_usage_where_clients_skip_it)
{
    form.finish(out, {.prompt = 1, .completion = 2, .total = 3});
    EXPECT_EQ(out, "event: usage\ndata: " + usage_text + "\n\ndata: [DONE]\n\n");
}

TEST_F(PanelStream, that_broke_says_why_in_a_string_and_nothing_after_it)
{
    form.fail(out, {.kind = ErrorKind::stream_interrupted, .message = "it \"broke\""});
    EXPECT_EQ(out, "data: {\"error\":\"it \\\"broke\\\"\"}\n\n");
}

TEST_F(PanelStream, shows_the_first_of_several_answers_and_no_thoughts)
{
    auto delta = text("b", 1);
    delta.choices.emplace_back().reasoning = "hmm";
    form.append(out, delta);
    EXPECT_EQ(out, "");
}

}  // namespace
}  // namespace sluice
