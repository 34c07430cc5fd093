#pragma once

#include "store/sqlite.hpp"
#include "store/store.hpp"

#include <optional>
#include <string>
#include <vector>

/// What the store does with its responses, in SQL. Errors: internal where the database failed, or
/// as told; horizon: what was created before does not count.
namespace sluice::response_table {

/// invalid_request: the id is another caller's.
Result<void> put(Database& database, const StoredResponse& response);
Result<std::optional<StoredResponse>> get(
    Database& database, const std::string& id, const std::string& caller, std::int64_t horizon
);
/// Also invalid_request: it is too long.
Result<std::optional<std::vector<StoredResponse>>> conversation(
    Database& database, const std::string& id, const std::string& caller, std::int64_t horizon
);
Result<bool> erase(
    Database& database, const std::string& id, const std::string& caller, std::int64_t horizon
);
/// Removes what is older than the horizon, at most so many of it; how many it were.
Result<std::int64_t> expire(Database& database, std::int64_t horizon, std::int64_t at_most);

}  // namespace sluice::response_table
