#include "store/open_store.hpp"

#include "unit/config/loading.hpp"
#include "unit/store/storing.hpp"

#include <filesystem>

namespace sluice::test {
namespace {

std::int64_t seconds_now()
{
    return Retention{}.now();
}

TEST(OpenStore, sqlite_keeps_its_state_at_the_path)
{
    const TemporaryDirectory directory;
    const StateConfig config{.path = directory.path() + "/a/b/sluice.db"};
    EventLoop loop;
    {
        const auto store = open_store(config).value();
        ASSERT_TRUE(loop.run(store->put(stored("a", seconds_now()))));
    }
    const auto store = open_store(config).value();
    EXPECT_TRUE(loop.run(store->response("a", "ann")).value());
}

TEST(OpenStore, memory_leaves_nothing_behind)
{
    const TemporaryDirectory directory;
    const StateConfig config{
        .store = StateStore::memory, .path = directory.path() + "/sluice.db", .keep = 1min
    };
    EventLoop loop;
    const auto store = open_store(config).value();
    ASSERT_TRUE(loop.run(store->put(stored("old", seconds_now() - 120))));
    ASSERT_TRUE(loop.run(store->put(stored("new", seconds_now()))));
    EXPECT_FALSE(loop.run(store->response("old", "ann")).value());
    EXPECT_TRUE(loop.run(store->response("new", "ann")).value());
    EXPECT_FALSE(std::filesystem::exists(config.path));
}

TEST(OpenStore, says_what_is_wrong_with_the_path)
{
    const TemporaryDirectory directory;
    const auto opened = open_store({.path = directory.file("file", "") + "/sluice.db"});
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().message, directory.path() + "/file/sluice.db: Not a directory");
}

}  // namespace
}  // namespace sluice::test
