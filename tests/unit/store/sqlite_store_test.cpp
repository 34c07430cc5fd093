#include "store/sqlite_store.hpp"

#include "store/schema.hpp"
#include "telemetry/log.hpp"
#include "unit/config/loading.hpp"
#include "unit/store/storing.hpp"

#include <gmock/gmock.h>

#include <csignal>
#include <filesystem>
#include <mutex>
#include <sys/resource.h>

namespace sluice::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// The log's lines, which the store's threads write.
class Log {
public:
    Log()
    {
        take();
        capture_log([](std::string_view line) {
            const std::lock_guard lock(mutex_);
            lines_.emplace_back(line);
        });
    }
    ~Log() { capture_log(nullptr); }
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;

    static std::vector<std::string> take()
    {
        const std::lock_guard lock(mutex_);
        return std::exchange(lines_, {});
    }

private:
    static inline std::mutex mutex_;
    static inline std::vector<std::string> lines_;
};

/// No file may grow beyond so many bytes, as on a full disk, while this lives.
class SizeLimit {
public:
    explicit SizeLimit(std::uintmax_t bytes)
    {
        std::signal(SIGXFSZ, SIG_IGN);
        getrlimit(RLIMIT_FSIZE, &before_);
        rlimit now = before_;
        now.rlim_cur = bytes;
        setrlimit(RLIMIT_FSIZE, &now);
    }
    ~SizeLimit() { setrlimit(RLIMIT_FSIZE, &before_); }
    SizeLimit(const SizeLimit&) = delete;
    SizeLimit& operator=(const SizeLimit&) = delete;

private:
    rlimit before_{};
};

class SqliteStoreTest : public testing::Test {
protected:
    Log log;
    ManualClock clock;
    TemporaryDirectory directory;
    std::string path = directory.path() + "/made/sluice.db";
    std::unique_ptr<SqliteStore> store = open();
    EventLoop loop;

    std::unique_ptr<SqliteStore> open() const
    {
        return SqliteStore::open(path, clock.keeping(1h)).value();
    }
    StoredResponse response(std::string id, std::size_t size = 10) const
    {
        auto out = stored(std::move(id), clock.now());
        out.response.assign(size, 'x');
        return out;
    }
    Result<void> put(std::string id, std::size_t size = 10)
    {
        return loop.run(store->put(response(std::move(id), size)));
    }
    bool has(std::string id)
    {
        return loop.run(store->response(std::move(id), "ann")).value().has_value();
    }
    std::string rows() const
    {
        return open_database(path)->value("SELECT count(*) FROM responses").value();
    }
    std::uintmax_t log_bytes() const { return std::filesystem::file_size(path + "-wal"); }
};

/// Another process that holds the write lock, so that the store's writes have to wait.
class OtherWriter {
public:
    explicit OtherWriter(const std::string& path) : database_(open_database(path).value())
    {
        EXPECT_TRUE(database_.execute("BEGIN IMMEDIATE"));
    }
    void finish() { EXPECT_TRUE(database_.execute("ROLLBACK")); }

private:
    Database database_;
};

TEST_F(SqliteStoreTest, opened_again_has_what_was_put)
{
    ASSERT_TRUE(put("a"));
    store.reset();
    store = open();
    EXPECT_TRUE(has("a"));
}

TEST_F(SqliteStoreTest, only_the_owner_may_look)
{
    using std::filesystem::perms;
    ASSERT_TRUE(put("a"));
    const auto mode = [](const std::string& file) {
        return std::filesystem::status(file).permissions();
    };
    for (const auto* suffix : {"", "-wal", "-shm"})
        EXPECT_EQ(mode(path + suffix), perms::owner_read | perms::owner_write) << suffix;
    EXPECT_EQ(mode(directory.path() + "/made"), perms::owner_all);
}

TEST_F(SqliteStoreTest, what_cannot_be_opened_is_named_with_the_reason)
{
    const auto newer = directory.path() + "/newer.db";
    ASSERT_TRUE(open_database(newer)->execute("PRAGMA user_version = 7"));
    const auto text = directory.file("text.db", std::string(5000, 't'));
    const auto file = directory.file("file", "");
    const auto no_directory = file + "/sluice.db";
    for (const auto& [bad, reason] : std::vector<std::pair<std::string, std::string>>{
             {newer, "was written by a newer version (schema 7; this one knows 1)"},
             {text, "file is not a database"},
             {no_directory, "Not a directory"},
             {directory.directory("folder"), "unable to open database file (Is a directory)"},
             {"/proc/sluice/sluice.db", "No such file or directory"},
         }) {
        const auto opened = SqliteStore::open(bad, {});
        ASSERT_FALSE(opened) << bad;
        EXPECT_EQ(opened.error().message, bad + ": " + reason);
    }
    EXPECT_TRUE(SqliteStore::open(file, {})) << "an empty file is an empty database";
}

TEST_F(SqliteStoreTest, puts_that_wait_together_are_committed_together)
{
    OtherWriter other(path);
    std::vector<std::shared_ptr<Running<Result<void>>>> puts;
    for (int i = 0; i < 200; ++i)
        puts.push_back(loop.start(store->put(response(std::to_string(i)))));
    other.finish();
    for (const auto& one : puts) EXPECT_TRUE(loop.finish(one));
    EXPECT_LE(store->commits(), 2u);  // one may have been under way when the others came
    EXPECT_EQ(rows(), "200");
}

TEST_F(SqliteStoreTest, reads_do_not_wait_for_writes)
{
    ASSERT_TRUE(put("a"));
    OtherWriter other(path);
    const auto waiting = loop.start(store->put(response("b")));
    EXPECT_TRUE(has("a"));
    EXPECT_FALSE(has("b"));
    EXPECT_FALSE(waiting->result);
    other.finish();
    EXPECT_TRUE(loop.finish(waiting));
    EXPECT_TRUE(has("b"));
}

TEST_F(SqliteStoreTest, too_much_to_write_is_refused_at_once)
{
    const auto tried = [&](int count, std::size_t size) {
        OtherWriter other(path);
        std::vector<std::shared_ptr<Running<Result<void>>>> puts;
        for (int i = 0; i < count; ++i)
            puts.push_back(loop.start(store->put(response(std::to_string(i), size))));
        int refused = 0;
        for (const auto& one : puts)
            if (one->result) {
                EXPECT_EQ(one->result->error().kind, ErrorKind::overloaded_here);
                ++refused;
            }
        other.finish();
        for (const auto& one : puts) loop.finish(one);
        return refused;
    };
    const int many = tried(5000, 1);  // a group of at most 256 beside the queue of 4096
    EXPECT_GE(many, 5000 - 4096 - 256);
    EXPECT_LE(many, 5000 - 4096);
    const int large = tried(12, 16u << 20);  // at least four in the queue of 64 MiB
    EXPECT_GE(large, 12 - 4 - 4);
    EXPECT_LE(large, 12 - 3);
    EXPECT_TRUE(put("later"));
}

TEST_F(SqliteStoreTest, full_disk_is_an_error_until_there_is_room_again)
{
    ASSERT_TRUE(put("before"));
    Log::take();
    {
        const SizeLimit full(log_bytes());
        for (const auto* id : {"a", "b"}) {
            const auto refused = put(id, 100'000);
            ASSERT_FALSE(refused);
            EXPECT_EQ(refused.error().kind, ErrorKind::internal);
            EXPECT_THAT(refused.error().message, HasSubstr("the store failed: "));
            EXPECT_THAT(refused.error().message, Not(HasSubstr(path)));
        }
        EXPECT_TRUE(has("before"));
        EXPECT_FALSE(has("a"));
        EXPECT_FALSE(store->up());
    }
    EXPECT_THAT(Log::take(), ElementsAre(AllOf(HasSubstr("the store fails"), HasSubstr(path))));
    EXPECT_TRUE(put("a", 100'000));
    EXPECT_TRUE(put("b"));
    EXPECT_TRUE(has("a") && has("b"));
    EXPECT_TRUE(store->up());
    EXPECT_THAT(Log::take(), ElementsAre(HasSubstr("the store works again")));
}

TEST_F(SqliteStoreTest, what_does_not_fit_fails_alone)
{
    OtherWriter other(path);
    const auto first = loop.start(store->put(response("first")));
    const auto large = loop.start(store->put(response("large", 4'000'000)));
    const auto last = loop.start(store->put(response("last")));
    const SizeLimit nearly_full(log_bytes() + 1'000'000);
    other.finish();
    EXPECT_TRUE(loop.finish(first));
    EXPECT_FALSE(loop.finish(large));
    EXPECT_TRUE(loop.finish(last));
    EXPECT_TRUE(has("first") && !has("large") && has("last"));
}

TEST_F(SqliteStoreTest, file_that_is_gone_is_made_again)
{
    ASSERT_TRUE(put("a"));
    std::filesystem::remove_all(directory.path() + "/made");
    EXPECT_TRUE(put("b"));
    EXPECT_TRUE(has("b"));
    EXPECT_FALSE(has("a"));
    EXPECT_THAT(Log::take(), testing::Contains(HasSubstr("the store's file was gone")));
    store.reset();
    store = open();
    EXPECT_TRUE(has("b"));
}

TEST_F(SqliteStoreTest, file_that_cannot_be_made_again_is_an_error_until_it_can)
{
    const auto made = directory.path() + "/made";
    std::filesystem::remove_all(made);
    directory.file("made", "in the way");
    const auto refused = put("a");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::internal);
    EXPECT_FALSE(loop.run(store->response("a", "ann")));
    std::filesystem::remove(made);
    EXPECT_TRUE(put("a"));
    EXPECT_TRUE(has("a"));
}

TEST_F(SqliteStoreTest, cancelled_waiter_leaves_at_once_and_its_put_is_done)
{
    OtherWriter other(path);
    const auto waiting = loop.start(store->put(response("a")));
    waiting->signal.emit(asio::cancellation_type::terminal);
    loop.turn();
    ASSERT_TRUE(waiting->result);
    EXPECT_EQ(waiting->result->error().kind, ErrorKind::cancelled);
    other.finish();
    EXPECT_TRUE(put("b"));
    EXPECT_TRUE(has("a"));
}

TEST_F(SqliteStoreTest, drain_lets_waiters_have_their_answers)
{
    OtherWriter other(path);
    const auto draining = [&]() -> Task<bool> {
        co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
        co_await asio::this_coro::throw_if_cancelled(false);
        const auto first = co_await store->put(response("a"));
        const auto second = co_await store->put(response("b"));
        co_return first.has_value() && second.has_value();
    };
    const auto waiting = loop.start(draining());
    waiting->signal.emit(asio::cancellation_type::total);
    loop.turn();
    EXPECT_FALSE(waiting->result);
    other.finish();
    EXPECT_TRUE(loop.finish(waiting));
    EXPECT_TRUE(has("a") && has("b"));
}

TEST_F(SqliteStoreTest, waiter_may_be_gone_with_its_worker)
{
    OtherWriter other(path);
    {
        EventLoop ending;
        for (int i = 0; i < 10; ++i) ending.start(store->put(response(std::to_string(i))));
    }
    other.finish();
    EXPECT_TRUE(put("later"));
    EXPECT_TRUE(has("0") && has("9"));
}

TEST_F(SqliteStoreTest, closing_finishes_and_answers_what_waits)
{
    std::vector<std::shared_ptr<Running<Result<void>>>> puts;
    for (int i = 0; i < 600; ++i)
        puts.push_back(loop.start(store->put(response(std::to_string(i)))));
    store.reset();
    loop.turn();
    for (const auto& one : puts) {
        ASSERT_TRUE(one->result);
        EXPECT_TRUE(*one->result);
    }
    EXPECT_EQ(rows(), "600");
}

TEST_F(SqliteStoreTest, expired_responses_leave_the_file_some_at_a_time)
{
    const auto waiting = [&] {
        std::vector<std::shared_ptr<Running<Result<void>>>> puts;
        for (int i = 0; i < 700; ++i)
            puts.push_back(loop.start(store->put(response(std::to_string(i)))));
        return puts;
    }();
    for (const auto& one : waiting) ASSERT_TRUE(loop.finish(one));
    clock.pass(3601s);
    ASSERT_TRUE(put("a"));
    EXPECT_EQ(rows(), "201");
    ASSERT_TRUE(put("b"));
    EXPECT_EQ(rows(), "2");
    clock.pass(59s);
    ASSERT_TRUE(put("c"));
    EXPECT_TRUE(has("a") && has("b") && has("c"));
    EXPECT_THAT(Log::take(), IsEmpty());
}

}  // namespace
}  // namespace sluice::test
