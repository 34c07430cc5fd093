#include "store/sqlite_lane.hpp"

#include "store/schema.hpp"
#include "unit/config/loading.hpp"
#include "unit/store/storing.hpp"

#include <future>

namespace sluice::test {
namespace {

class SqliteLaneTest : public testing::Test {
protected:
    TemporaryDirectory directory;
    std::string path = directory.path() + "/lane.db";
    SqliteLane lane{open_database(path).value(), {.path = path, .max_group = 10}};
    EventLoop loop;

    /// Holds the lane up, so that what is queued meanwhile is one group, until the value is set.
    std::promise<void> hold_up()
    {
        std::promise<void> release;
        const auto started = std::make_shared<std::promise<void>>();
        loop.start(lane.run<void>(0, [started, held = release.get_future().share()](Database&) {
            started->set_value();
            held.wait();
            return Result<void>();
        }));
        started->get_future().wait();
        return release;
    }
    static Result<void> insert(Database& database, const std::string& id)
    {
        return database.execute(
            "INSERT INTO responses VALUES ('" + id + "', '', '', '', '', unixepoch())"
        );
    }
    std::string ids() const
    {
        constexpr auto all = "SELECT group_concat(id) FROM (SELECT id FROM responses ORDER BY id)";
        return open_database(path)->value(all).value();
    }
    /// Queues a, b, c as one group; b inserts its row, then fails so. The kinds of error that each
    /// of them got.
    std::vector<std::string> group_whose_second_fails(ErrorKind kind)
    {
        auto release = hold_up();
        const auto inserts = [](std::string id) {
            return [id = std::move(id)](Database& database) { return insert(database, id); };
        };
        const std::vector running{
            loop.start(lane.run<void>(0, inserts("a"))),
            loop.start(lane.run<void>(
                0,
                [kind](Database& database) -> Result<void> {
                    if (kind == ErrorKind::internal) EXPECT_TRUE(insert(database, "b"));
                    return fail(kind, "no");
                }
            )),
            loop.start(lane.run<void>(0, inserts("c")))
        };
        release.set_value();
        std::vector<std::string> kinds;
        for (const auto& one : running) {
            const auto result = loop.finish(one);
            kinds.emplace_back(result ? "fine" : code_of(result.error().kind));
        }
        return kinds;
    }
};

TEST_F(SqliteLaneTest, job_that_the_database_fails_is_undone_and_the_others_are_not)
{
    EXPECT_EQ(
        group_whose_second_fails(ErrorKind::internal),
        (std::vector<std::string>{"fine", std::string(code_of(ErrorKind::internal)), "fine"})
    );
    EXPECT_EQ(ids(), "a,c");
    EXPECT_EQ(lane.commits(), 3u);  // the one that held up, then a and c on their own
}

TEST_F(SqliteLaneTest, refusal_is_an_answer_like_others)
{
    EXPECT_EQ(
        group_whose_second_fails(ErrorKind::not_found),
        (std::vector<std::string>{"fine", std::string(code_of(ErrorKind::not_found)), "fine"})
    );
    EXPECT_EQ(ids(), "a,c");
    EXPECT_EQ(lane.commits(), 2u);
}

}  // namespace
}  // namespace sluice::test
