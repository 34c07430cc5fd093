#pragma once

#include "store/sqlite_lane.hpp"
#include "store/store.hpp"

#include <memory>

namespace sluice {

/// Keeps everything in one SQLite file, through two threads: one writes, one reads, and neither
/// waits for the other.
class SqliteStore final : public Store {
public:
    /// Opens the file, or makes it. Blocking. Error: internal, naming path and reason.
    static Result<std::unique_ptr<SqliteStore>> open(const std::string& path, Retention retention);
    SqliteStore(const std::string& path, Database writer, Database reader, Retention retention);

    Task<Result<void>> put(StoredResponse response) override;
    Task<Result<std::optional<StoredResponse>>> response(std::string id, std::string caller)
        override;
    Task<Result<std::optional<std::vector<StoredResponse>>>> conversation(
        std::string id, std::string caller
    ) override;
    Task<Result<bool>> erase(std::string id, std::string caller) override;
    std::string_view kind() const override { return "sqlite"; }
    bool up() const override { return writer_.up() && reader_.up(); }

    /// Transactions written so far.
    std::uint64_t commits() const { return writer_.commits(); }

private:
    const Retention retention_;
    std::int64_t next_expiry_ = 0;  // the writer's
    SqliteLane reader_;
    SqliteLane writer_;

    SqliteLane::Work<void> expiry();
};

}  // namespace sluice
