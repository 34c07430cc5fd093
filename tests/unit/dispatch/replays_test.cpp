#include "dispatch/replays.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

Replay replay(std::string id, std::string text = "{}")
{
    return {.call_id = std::move(id), .provider_type = "anthropic", .json_text = std::move(text)};
}

std::vector<std::string> texts(const std::vector<Replay>& found)
{
    std::vector<std::string> out;
    for (const auto& each : found) out.push_back(each.json_text);
    return out;
}

using Texts = std::vector<std::string>;
using Ids = std::vector<std::string>;

TEST(Replays, come_back_for_the_calls_that_are_known)
{
    Replays replays;
    replays.remember("acme", replay("call_1", "1"));
    replays.remember("acme", replay("call_2", "2"));
    EXPECT_EQ(texts(replays.recall("acme", Ids{"call_2", "call_3", "call_1"})), (Texts{"2", "1"}));
}

TEST(Replays, are_nobody_elses)
{
    Replays replays;
    replays.remember("acme", replay("call_1"));
    EXPECT_TRUE(replays.recall("other", Ids{"call_1"}).empty());
}

TEST(Replays, of_the_same_call_are_the_last_one)
{
    Replays replays;
    replays.remember("acme", replay("call_1", "1"));
    replays.remember("acme", replay("call_1", "2"));
    EXPECT_EQ(texts(replays.recall("acme", Ids{"call_1"})), Texts{"2"});
}

TEST(Replays, forget_the_oldest_where_there_is_no_room)
{
    Replays replays(3000);
    for (const auto* id : {"call_1", "call_2", "call_3"})
        replays.remember("acme", replay(id, std::string(1000, 'x')));
    EXPECT_TRUE(replays.recall("acme", Ids{"call_1"}).empty());
    EXPECT_EQ(replays.recall("acme", Ids{"call_2", "call_3"}).size(), 2u);
    replays.remember("acme", replay("call_4", std::string(5000, 'x')));  // larger than all of it
    EXPECT_TRUE(replays.recall("acme", Ids{"call_4"}).empty());
    EXPECT_EQ(replays.recall("acme", Ids{"call_2", "call_3"}).size(), 2u);
}

TEST(ReplayCollector, joins_an_id_and_a_replay_that_come_apart)
{
    ReplayCollector collector;
    const auto see = [&](ToolCallDelta call) {
        ChatDelta delta;
        delta.choices.emplace_back().tool_calls.push_back(std::move(call));
        collector.see(delta);
    };
    see({.index = 0, .id = "call_1", .name = "f", .arguments = ""});
    see({.index = 1, .id = "call_2", .name = "g", .arguments = ""});
    see({.index = 0, .id = "", .name = "", .arguments = "", .replay = "[1]"});
    const auto found = collector.take();
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].call_id, "call_1");
    EXPECT_EQ(found[0].json_text, "[1]");
}

}  // namespace
}  // namespace sluice
