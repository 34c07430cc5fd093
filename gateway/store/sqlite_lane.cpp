#include "store/sqlite_lane.hpp"

#include "store/schema.hpp"
#include "telemetry/log.hpp"

#include <algorithm>
#include <chrono>

namespace sluice {

SqliteLane::SqliteLane(Database database, Options options)
    : options_(std::move(options)), database_(std::move(database)), thread_([this] { serve(); })
{
}

SqliteLane::~SqliteLane()
{
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        work_.notify_one();
    }
    thread_.join();
}

Result<void> SqliteLane::enqueue(std::size_t bytes, std::unique_ptr<Job> job)
{
    job->bytes = bytes;
    const std::lock_guard lock(mutex_);
    const bool full = queue_.size() >= options_.max_queue ||
                      (!queue_.empty() && queued_bytes_ + bytes > options_.max_bytes);
    if (full) return fail(ErrorKind::overloaded_here, "the store has too much to do; try again");
    queued_bytes_ += bytes;
    queue_.push_back(std::move(job));
    work_.notify_one();
    return {};
}

void SqliteLane::serve()
{
    while (auto group = next_group()) {
        add_upkeep(*group);
        if (!group->empty()) settle(*group);
    }
}

/// What waits, or nothing once a minute; nullopt at the end.
std::optional<SqliteLane::Group> SqliteLane::next_group()
{
    std::unique_lock lock(mutex_);
    work_.wait_for(lock, std::chrono::minutes(1), [&] { return stopping_ || !queue_.empty(); });
    if (stopping_ && queue_.empty()) return std::nullopt;
    Group group;
    while (!queue_.empty() && group.size() < options_.max_group) {
        group.push_back(std::move(queue_.front()));
        queue_.pop_front();
        queued_bytes_ -= group.back()->bytes;
    }
    return group;
}

void SqliteLane::add_upkeep(Group& group)
{
    if (!options_.upkeep) return;
    if (auto work = options_.upkeep())
        group.push_back(
            std::make_unique<JobOf<void>>(std::move(work), std::make_shared<Reply<void>>())
        );
}

void SqliteLane::settle(std::span<std::unique_ptr<Job>> jobs)
{
    if (auto begun = begin(); !begun) return answer(jobs, begun);
    const auto committed = commit(jobs);
    if (committed || jobs.size() == 1) return answer(jobs, committed);
    for (auto& job : jobs) settle({&job, 1});  // so that one's failure is only its own
}

Result<void> SqliteLane::begin()
{
    if (!database_ || database_->moved()) {
        database_.reset();
        auto opened = open_database(options_.path);
        if (!opened) return std::unexpected(std::move(opened).error());
        LogLine(LogLevel::warn, "the store's file was gone; opened again")
            .text("path", options_.path)
            .write();
        database_.emplace(std::move(*opened));
    }
    return database_->execute(options_.begin);
}

Result<void> SqliteLane::commit(std::span<std::unique_ptr<Job>> jobs)
{
    Result<void> done;
    for (auto& job : jobs)
        if (done) done = job->perform(*database_);
    if (done) done = database_->execute("COMMIT");
    if (done)
        ++commits_;
    else if (database_->in_transaction())
        // What cannot even be undone shows at the next BEGIN.
        static_cast<void>(database_->execute("ROLLBACK"));
    return done;
}

void SqliteLane::answer(std::span<std::unique_ptr<Job>> jobs, const Result<void>& committed)
{
    note(committed);
    Result<void> told = committed;
    if (!told) told.error().message = concat("the store failed: ", told.error().message);
    for (auto& job : jobs) job->answer(told);
}

/// One line for each outage, one for its end.
void SqliteLane::note(const Result<void>& committed)
{
    const bool failed = !committed.has_value();
    if (failed == failing_.exchange(failed)) return;
    if (failed)
        LogLine(LogLevel::error, "the store fails")
            .text("path", options_.path)
            .text("reason", committed.error().message)
            .write();
    else
        LogLine(LogLevel::info, "the store works again").text("path", options_.path).write();
}

}  // namespace sluice
