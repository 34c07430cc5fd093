#include "store/sqlite_store.hpp"

#include "store/response_table.hpp"
#include "store/schema.hpp"

namespace sluice {
namespace {

constexpr std::size_t max_group = 256;
constexpr std::int64_t expiry_interval = 60;  // seconds
/// More than the puts of a group, so that expiry keeps up; few enough not to be felt by them.
constexpr std::int64_t expired_at_once = 500;

}  // namespace

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(const std::string& path, Retention retention)
{
    auto writer = open_database(path);
    if (!writer) return std::unexpected(std::move(writer).error());
    auto reader = open_database(path);
    if (!reader) return std::unexpected(std::move(reader).error());
    return std::make_unique<SqliteStore>(
        path, std::move(*writer), std::move(*reader), std::move(retention)
    );
}

SqliteStore::SqliteStore(
    const std::string& path, Database writer, Database reader, Retention retention
)
    : retention_(std::move(retention)),
      reader_(std::move(reader), {.path = path}),
      writer_(
          std::move(writer),
          {.path = path,
           // A transaction that began as a reader could not wait for another process's write.
           .begin = "BEGIN IMMEDIATE",
           .max_group = max_group,
           .upkeep = [this] { return expiry(); }}
      )
{
}

Task<Result<void>> SqliteStore::put(StoredResponse response)
{
    const auto bytes = response.bytes();
    return writer_.run<void>(bytes, [response = std::move(response)](Database& database) {
        return response_table::put(database, response);
    });
}

Task<Result<std::optional<StoredResponse>>> SqliteStore::response(
    std::string id, std::string caller
)
{
    const auto bytes = id.size() + caller.size();
    return reader_.run<std::optional<StoredResponse>>(
        bytes,
        [id = std::move(id), caller = std::move(caller), horizon = retention_.horizon()](
            Database& database
        ) { return response_table::get(database, id, caller, horizon); }
    );
}

Task<Result<std::optional<std::vector<StoredResponse>>>> SqliteStore::conversation(
    std::string id, std::string caller
)
{
    const auto bytes = id.size() + caller.size();
    return reader_.run<std::optional<std::vector<StoredResponse>>>(
        bytes,
        [id = std::move(id), caller = std::move(caller), horizon = retention_.horizon()](
            Database& database
        ) { return response_table::conversation(database, id, caller, horizon); }
    );
}

Task<Result<bool>> SqliteStore::erase(std::string id, std::string caller)
{
    const auto bytes = id.size() + caller.size();
    return writer_.run<bool>(
        bytes,
        [id = std::move(id), caller = std::move(caller), horizon = retention_.horizon()](
            Database& database
        ) { return response_table::erase(database, id, caller, horizon); }
    );
}

/// What the writer does beside its work: every minute, and with every group while there is more.
SqliteLane::Work<void> SqliteStore::expiry()
{
    const auto now = retention_.now();
    if (now < next_expiry_) return {};
    return [this, now](Database& database) -> Result<void> {
        const auto removed =
            response_table::expire(database, now - retention_.keep.count(), expired_at_once);
        if (!removed) return std::unexpected(removed.error());
        next_expiry_ = *removed == expired_at_once ? now : now + expiry_interval;
        return {};
    };
}

}  // namespace sluice
