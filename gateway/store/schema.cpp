#include "store/schema.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace sluice {
namespace {

/// Number n leads from schema n to n + 1. What was released stays as it is; changes are added.
constexpr std::array migrations{
    R"sql(
CREATE TABLE responses (
    id TEXT PRIMARY KEY,
    caller TEXT NOT NULL,
    previous TEXT NOT NULL,
    input TEXT NOT NULL,
    response TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX responses_by_age ON responses (created_at);
)sql",
};

// NORMAL syncs the log at checkpoints only: a power cut may undo the last commits, but corrupts
// nothing, and a crash of the process loses nothing. FULL costs a sync for each commit, 6,000
// commits a second instead of 100,000.
constexpr auto settings = R"sql(
PRAGMA synchronous = NORMAL;
PRAGMA foreign_keys = ON;
PRAGMA journal_size_limit = 67108864;
)sql";

std::unexpected<Error> system_failure(int error)
{
    return fail(ErrorKind::internal, std::strerror(error));
}

/// One level at a time, so that only what is made here gets its mode.
Result<void> make_directory(const std::filesystem::path& path)
{
    std::error_code ignored;
    if (path.empty() || std::filesystem::is_directory(path, ignored)) return {};
    if (auto parent = make_directory(path.parent_path()); !parent) return parent;
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return system_failure(errno);
    return {};
}

Result<void> make_file(const std::string& path)
{
    // SQLite would make it readable for everybody; its log and index take over this file's mode.
    // One that is there is not touched: closing it would drop the locks of other connections.
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file >= 0) ::close(file);
    if (file < 0 && errno != EEXIST) return system_failure(errno);
    return {};
}

Result<std::size_t> version_of(Database& database)
{
    auto version = database.value("PRAGMA user_version");
    if (!version) return std::unexpected(std::move(version).error());
    const auto number = static_cast<std::size_t>(std::stoul(*version));
    if (number > migrations.size())
        return fail(
            ErrorKind::internal,
            concat(
                "was written by a newer version (schema ",
                *version,
                "; this one knows ",
                std::to_string(migrations.size()),
                ")"
            )
        );
    return number;
}

Result<void> configure(Database& database)
{
    if (auto done = database.execute("PRAGMA busy_timeout = 5000"); !done) return done;
    const auto journal = database.value("PRAGMA journal_mode = WAL");
    if (!journal) return std::unexpected(journal.error());
    if (*journal != "wal")
        return fail(ErrorKind::internal, "its file system cannot hold a write-ahead log");
    return database.execute(settings);
}

Result<void> migrate(Database& database)
{
    auto version = version_of(database);
    if (!version) return std::unexpected(std::move(version).error());
    if (*version == migrations.size()) return {};
    if (auto begun = database.execute("BEGIN IMMEDIATE"); !begun) return begun;
    version = version_of(database);  // again: another process may have done it meanwhile
    if (!version) return std::unexpected(std::move(version).error());
    for (auto n = *version; n < migrations.size(); ++n)
        if (auto done = database.execute(migrations[n]); !done) return done;
    return database.execute(
        concat("PRAGMA user_version = ", std::to_string(migrations.size()), "; COMMIT")
    );
}

Result<Database> open_unnamed(const std::string& path)
{
    if (auto made = make_directory(std::filesystem::path(path).parent_path()); !made)
        return std::unexpected(std::move(made).error());
    if (auto made = make_file(path); !made) return std::unexpected(std::move(made).error());
    auto database = Database::open(path);
    if (!database) return database;
    if (auto done = configure(*database); !done) return std::unexpected(std::move(done).error());
    if (auto done = migrate(*database); !done) return std::unexpected(std::move(done).error());
    return database;
}

}  // namespace

Result<Database> open_database(const std::string& path)
{
    auto database = open_unnamed(path);
    if (!database) return fail(ErrorKind::internal, concat(path, ": ", database.error().message));
    return database;
}

}  // namespace sluice
