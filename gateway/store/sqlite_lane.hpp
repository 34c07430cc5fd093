#pragma once

#include "store/reply.hpp"
#include "store/sqlite.hpp"

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

namespace sluice {

/// A thread with a connection of its own. Whatever is queued while it works becomes the next group,
/// one transaction (group commit); all who wait for the group are answered after its commit.
class SqliteLane {
public:
    /// Something to do with the database. A failure of kind internal is the database's: the
    /// transaction is undone, and the jobs of the group may be done again, each in its own. Any
    /// other failure is an answer like others, of a job that changed nothing.
    template <class T>
    using Work = std::function<Result<T>(Database&)>;

    struct Options {
        std::string path;
        std::string begin = "BEGIN";           ///< how a transaction starts
        std::size_t max_group = 1;             ///< jobs in a transaction
        std::size_t max_queue = 4096;          ///< jobs waiting; more get overloaded_here
        std::size_t max_bytes = 64u << 20;     ///< of all that wait together, beyond the first
        std::function<Work<void>()> upkeep{};  ///< asked with each group, and each minute without
    };

    SqliteLane(Database database, Options options);
    SqliteLane(const SqliteLane&) = delete;
    SqliteLane& operator=(const SqliteLane&) = delete;
    /// Finishes and answers what is queued.
    ~SqliteLane();

    /// Has the lane do it and waits for the answer, for which the lane need not last. bytes: what
    /// the work holds in memory while it waits.
    template <class T>
    Task<Result<T>> run(std::size_t bytes, Work<T> work)
    {
        auto reply = std::make_shared<Reply<T>>();
        auto job = std::make_unique<JobOf<T>>(std::move(work), reply);
        if (auto taken = enqueue(bytes, std::move(job)); !taken)
            co_return std::unexpected(std::move(taken).error());
        co_return co_await Reply<T>::wait(std::move(reply));
    }

    /// Transactions committed so far.
    std::uint64_t commits() const { return commits_; }
    /// False where the last transaction failed.
    bool up() const { return !failing_; }

private:
    struct Job {
        virtual ~Job() = default;
        virtual Result<void> perform(Database& database) = 0;
        virtual void answer(const Result<void>& committed) = 0;
        std::size_t bytes = 0;
    };
    template <class T>
    struct JobOf final : Job {
        JobOf(Work<T> given, std::shared_ptr<Reply<T>> to)
            : work(std::move(given)), reply(std::move(to))
        {
        }
        Result<void> perform(Database& database) override
        {
            outcome = work(database);
            if (!*outcome && outcome->error().kind == ErrorKind::internal)
                return std::unexpected(outcome->error());
            return {};
        }
        void answer(const Result<void>& committed) override
        {
            reply->deliver(committed ? std::move(*outcome) : std::unexpected(committed.error()));
        }

        Work<T> work;
        std::shared_ptr<Reply<T>> reply;
        std::optional<Result<T>> outcome;
    };
    using Group = std::vector<std::unique_ptr<Job>>;

    const Options options_;
    std::optional<Database> database_;  // the thread's; nullopt: could not be opened again
    std::atomic<bool> failing_ = false;
    std::atomic<std::uint64_t> commits_ = 0;

    std::mutex mutex_;
    std::condition_variable work_;
    std::deque<std::unique_ptr<Job>> queue_;
    std::size_t queued_bytes_ = 0;
    bool stopping_ = false;

    std::thread thread_;

    Result<void> enqueue(std::size_t bytes, std::unique_ptr<Job> job);
    void serve();
    std::optional<Group> next_group();
    void add_upkeep(Group& group);
    void settle(std::span<std::unique_ptr<Job>> jobs);
    Result<void> begin();
    Result<void> commit(std::span<std::unique_ptr<Job>> jobs);
    void answer(std::span<std::unique_ptr<Job>> jobs, const Result<void>& committed);
    void note(const Result<void>& committed);
};

}  // namespace sluice
