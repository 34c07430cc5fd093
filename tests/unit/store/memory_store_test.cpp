#include "store/memory_store.hpp"

#include "unit/store/storing.hpp"

namespace sluice::test {
namespace {

class MemoryStoreTest : public testing::Test {
protected:
    ManualClock clock;
    MemoryStore store{clock.keeping(1h), 1000};
    EventLoop loop;

    Result<void> put(std::string id, std::size_t size)
    {
        return loop.run(store.put(
            {.id = std::move(id),
             .caller = "",
             .previous = "",
             .input = "",
             .response = std::string(size, 'x'),
             .created_at = clock.now()}
        ));
    }
    bool has(std::string id)
    {
        return loop.run(store.response(std::move(id), "")).value().has_value();
    }
};

TEST_F(MemoryStoreTest, what_was_put_longest_ago_makes_room)
{
    ASSERT_TRUE(put("a", 399));
    ASSERT_TRUE(put("b", 399));
    ASSERT_TRUE(put("a", 399));  // again
    ASSERT_TRUE(put("c", 199));  // full to the brim
    EXPECT_TRUE(has("a") && has("b") && has("c"));
    ASSERT_TRUE(put("d", 9));
    EXPECT_TRUE(has("a") && !has("b") && has("c") && has("d"));
    EXPECT_EQ(store.bytes(), 400u + 200u + 10u);
}

TEST_F(MemoryStoreTest, response_larger_than_all_of_it_is_refused_and_costs_nothing)
{
    ASSERT_TRUE(put("a", 100));
    const auto refused = put("b", 1000);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::overloaded_here);
    EXPECT_TRUE(has("a"));
}

TEST_F(MemoryStoreTest, memory_of_expired_and_erased_responses_is_given_back)
{
    ASSERT_TRUE(put("a", 99));
    ASSERT_TRUE(put("b", 99));
    clock.pass(3601s);
    ASSERT_TRUE(put("c", 99));
    EXPECT_EQ(store.bytes(), 100u);
    EXPECT_TRUE(loop.run(store.erase("c", "")).value());
    EXPECT_EQ(store.bytes(), 0u);
}

}  // namespace
}  // namespace sluice::test
