#include "core/hand_over.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <thread>

namespace sluice {
namespace {

TEST(HandOver, keeps_the_order_and_takes_no_more_than_it_holds)
{
    HandOver<int, 4> queue;
    EXPECT_EQ(queue.take(), nullptr);
    for (int round = 0; round < 3; ++round) {
        for (int i = 0; i < 4; ++i) {
            auto object = std::make_unique<int>(i);
            EXPECT_TRUE(queue.give(object));
            EXPECT_EQ(object, nullptr);
        }
        auto surplus = std::make_unique<int>(4);
        EXPECT_FALSE(queue.give(surplus));
        ASSERT_NE(surplus, nullptr) << "who gave it still has it";
        EXPECT_EQ(queue.size(), 4U);
        for (int i = 0; i < 4; ++i) EXPECT_EQ(*queue.take(), i);
        EXPECT_EQ(queue.take(), nullptr);
    }
}

TEST(HandOver, loses_none_between_threads)
{
    constexpr int count = 100'000;
    HandOver<int, 8> queue;
    std::thread giver([&] {
        for (int i = 0; i < count; ++i)
            for (auto object = std::make_unique<int>(i); !queue.give(object);)
                std::this_thread::yield();
    });
    for (int i = 0; i < count;) {
        if (const auto object = queue.take())
            ASSERT_EQ(*object, i++);
        else
            std::this_thread::yield();
    }
    giver.join();
}

}  // namespace
}  // namespace sluice
