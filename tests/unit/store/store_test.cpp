#include "store/store.hpp"

#include "store/memory_store.hpp"
#include "store/sqlite_store.hpp"
#include "unit/config/loading.hpp"
#include "unit/store/storing.hpp"

#include <gmock/gmock.h>

#include <functional>
#include <thread>

namespace sluice::test {
namespace {

using testing::ElementsAre;

using Make = std::unique_ptr<Store> (*)(const std::string& directory, Retention retention);

std::unique_ptr<Store> in_memory(const std::string&, Retention retention)
{
    return std::make_unique<MemoryStore>(std::move(retention));
}
std::unique_ptr<Store> in_sqlite(const std::string& directory, Retention retention)
{
    return SqliteStore::open(directory + "/sluice.db", std::move(retention)).value();
}

/// What every store does alike.
class AnyStore : public testing::TestWithParam<std::pair<const char*, Make>> {
protected:
    ManualClock clock;
    TemporaryDirectory directory;
    std::unique_ptr<Store> store = GetParam().second(directory.path(), clock.keeping(1h));
    EventLoop loop;

    void put(StoredResponse response)
    {
        const auto done = loop.run(store->put(std::move(response)));
        ASSERT_TRUE(done) << done.error().message;
    }
    void put(std::string id, std::string previous = "", std::string caller = "ann")
    {
        put(stored(std::move(id), clock.now(), std::move(previous), std::move(caller)));
    }
    std::optional<StoredResponse> get(std::string id, std::string caller = "ann")
    {
        return loop.run(store->response(std::move(id), std::move(caller))).value();
    }
    /// The ids of the conversation; "none" where there is none, "error" where it is refused.
    std::vector<std::string> conversation(std::string id, std::string caller = "ann")
    {
        const auto found = loop.run(store->conversation(std::move(id), std::move(caller)));
        if (!found) return {"error", std::string(code_of(found.error().kind))};
        if (!*found) return {"none"};
        std::vector<std::string> ids;
        for (const auto& link : **found) ids.push_back(link.id);
        return ids;
    }
    bool erase(std::string id, std::string caller = "ann")
    {
        return loop.run(store->erase(std::move(id), std::move(caller))).value();
    }
};

TEST_P(AnyStore, returns_what_was_put)
{
    using namespace std::string_literals;
    const StoredResponse full{
        .id = "resp_1",
        .caller = "ann",
        .previous = "resp_0",
        .input = "[\"\\u0000 \xc3\xa4 \0 \"]"s,
        .response = std::string(1 << 20, 'x'),
        .created_at = clock.now()
    };
    put(full);
    EXPECT_EQ(get("resp_1"), full);
    const StoredResponse bare{
        .id = "resp_2",
        .caller = {},
        .previous = {},
        .input = {},
        .response = {},
        .created_at = clock.now()
    };
    put(bare);
    EXPECT_EQ(get("resp_2", ""), bare);
    EXPECT_EQ(get("resp_3"), std::nullopt);
}

TEST_P(AnyStore, keeps_callers_apart)
{
    put("mine");
    put("other", "mine", "bob");
    EXPECT_EQ(get("mine", "bob"), std::nullopt);
    EXPECT_EQ(get("mine", ""), std::nullopt);
    EXPECT_FALSE(erase("mine", "bob"));
    EXPECT_THAT(conversation("mine", "bob"), ElementsAre("none"));
    EXPECT_THAT(conversation("other", "bob"), ElementsAre("none"));  // continues what is not theirs

    const auto theft = loop.run(store->put(stored("mine", clock.now(), "", "bob")));
    ASSERT_FALSE(theft);
    EXPECT_EQ(theft.error().kind, ErrorKind::invalid_request);
    EXPECT_EQ(get("mine")->caller, "ann");
}

TEST_P(AnyStore, put_again_replaces)
{
    put("a");
    auto again = stored("a", clock.now(), "b");
    again.response = R"({"status":"completed"})";
    put(again);
    EXPECT_EQ(get("a"), again);
}

TEST_P(AnyStore, erased_is_gone)
{
    put("a");
    put("b", "a");
    EXPECT_TRUE(erase("a"));
    EXPECT_FALSE(erase("a"));
    EXPECT_EQ(get("a"), std::nullopt);
    EXPECT_NE(get("b"), std::nullopt);
    EXPECT_THAT(conversation("b"), ElementsAre("none"));
}

TEST_P(AnyStore, conversation_runs_from_its_first_response_to_the_one_asked_for)
{
    put("a");
    put("b", "a");
    put("c", "b");
    put("branch", "a");
    EXPECT_THAT(conversation("c"), ElementsAre("a", "b", "c"));
    EXPECT_THAT(conversation("branch"), ElementsAre("a", "branch"));
    EXPECT_THAT(conversation("a"), ElementsAre("a"));
    EXPECT_THAT(conversation("d"), ElementsAre("none"));
    EXPECT_THAT(conversation(""), ElementsAre("none"));
}

TEST_P(AnyStore, conversation_of_a_thousand_responses_is_read)
{
    std::vector<std::string> ids;
    for (int i = 0; i < 1000; ++i) {
        ids.push_back("resp_" + std::to_string(i * 7919 % 1000));  // neither up nor down
        put(ids.back(), i == 0 ? "" : ids[ids.size() - 2]);
    }
    EXPECT_EQ(conversation(ids.back()), ids);
}

TEST_P(AnyStore, responses_in_a_circle_are_refused)
{
    put("a", "c");
    put("b", "a");
    put("c", "b");
    EXPECT_THAT(conversation("c"), ElementsAre("error", "invalid_request"));
}

TEST_P(AnyStore, conversation_that_fills_the_memory_is_refused)
{
    const auto pieces = max_conversation_bytes / (8u << 20);
    for (std::size_t i = 0; i < pieces; ++i) {
        auto piece = stored(std::to_string(i), clock.now(), i == 0 ? "" : std::to_string(i - 1));
        piece.input = std::string(8u << 20, ' ');
        put(std::move(piece));
    }
    EXPECT_EQ(conversation(std::to_string(pieces - 2)).size(), pieces - 1);
    EXPECT_THAT(conversation(std::to_string(pieces - 1)), ElementsAre("error", "invalid_request"));
}

TEST_P(AnyStore, what_is_older_than_its_time_is_gone)
{
    put("a");
    clock.pass(1800s);
    put("b", "a");
    clock.pass(1800s);
    EXPECT_THAT(conversation("b"), ElementsAre("a", "b"));
    clock.pass(1s);
    EXPECT_EQ(get("a"), std::nullopt);
    EXPECT_FALSE(erase("a"));
    EXPECT_NE(get("b"), std::nullopt);
    EXPECT_THAT(conversation("b"), ElementsAre("none"));
}

TEST_P(AnyStore, serves_many_workers)
{
    constexpr int workers = 4, each = 100;
    std::atomic<int> good = 0;
    const auto work = [&](int worker) -> Task<void> {
        std::string previous;
        for (int i = 0; i < each; ++i) {
            auto id = std::to_string(worker) + "_" + std::to_string(i);
            if (!co_await store->put(stored(id, clock.now(), previous))) co_return;
            const auto read = co_await store->conversation(id, "ann");
            if (read && *read && (**read).size() == static_cast<std::size_t>(i) + 1) ++good;
            previous = std::move(id);
        }
    };
    std::vector<std::jthread> threads;
    for (int worker = 0; worker < workers; ++worker)
        threads.emplace_back([&, worker] {
            asio::io_context context{1};
            asio::co_spawn(context, work(worker), [](const std::exception_ptr&) {});
            context.run();
        });
    threads.clear();
    EXPECT_EQ(good, workers * each);
}

INSTANTIATE_TEST_SUITE_P(
    implementations,
    AnyStore,
    testing::Values(
        std::pair<const char*, Make>{"memory", in_memory},
        std::pair<const char*, Make>{"sqlite", in_sqlite}
    ),
    [](const auto& test) { return test.param.first; }
);

}  // namespace
}  // namespace sluice::test
