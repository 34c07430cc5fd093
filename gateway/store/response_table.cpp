#include "store/response_table.hpp"

#include "store/chain.hpp"

namespace sluice::response_table {
namespace {

StoredResponse row(const Statement& statement)
{
    return {
        .id = statement.text(0),
        .caller = statement.text(1),
        .previous = statement.text(2),
        .input = statement.text(3),
        .response = statement.text(4),
        .created_at = statement.number(5)
    };
}

/// Runs a statement that gives no rows; how many it changed.
Result<std::int64_t> changed(Database& database, Statement& statement)
{
    if (auto done = statement.step(); !done) return std::unexpected(std::move(done).error());
    return database.changes();
}

}  // namespace

Result<void> put(Database& database, const StoredResponse& response)
{
    auto statement = database.prepare(
        "INSERT INTO responses (id, caller, previous, input, response, created_at)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
        " ON CONFLICT (id) DO UPDATE SET previous = excluded.previous, input = excluded.input,"
        " response = excluded.response, created_at = excluded.created_at"
        " WHERE caller = excluded.caller"
    );
    if (!statement) return std::unexpected(std::move(statement).error());
    statement->bind(1, response.id).bind(2, response.caller).bind(3, response.previous);
    statement->bind(4, response.input).bind(5, response.response).bind(6, response.created_at);
    const auto rows = changed(database, *statement);
    if (!rows) return std::unexpected(rows.error());
    if (*rows == 0)
        return fail(
            ErrorKind::invalid_request, concat(response.id, " is another caller's response")
        );
    return {};
}

Result<std::optional<StoredResponse>> get(
    Database& database, const std::string& id, const std::string& caller, std::int64_t horizon
)
{
    auto statement = database.prepare(
        "SELECT id, caller, previous, input, response, created_at FROM responses"
        " WHERE id = ?1 AND caller = ?2 AND created_at >= ?3"
    );
    if (!statement) return std::unexpected(std::move(statement).error());
    statement->bind(1, id).bind(2, caller).bind(3, horizon);
    const auto found = statement->step();
    if (!found) return std::unexpected(found.error());
    return *found ? std::optional(row(*statement)) : std::nullopt;
}

Result<std::optional<std::vector<StoredResponse>>> conversation(
    Database& database, const std::string& id, const std::string& caller, std::int64_t horizon
)
{
    // SQLite hands out the rows of such a query one by one as it finds them, newest first, so a
    // circle ends where the chain calls it too long.
    auto statement = database.prepare(
        "WITH RECURSIVE chain AS ("
        " SELECT id, caller, previous, input, response, created_at FROM responses"
        " WHERE id = ?1 AND caller = ?2 AND created_at >= ?3"
        " UNION ALL"
        " SELECT r.id, r.caller, r.previous, r.input, r.response, r.created_at"
        " FROM chain JOIN responses AS r ON r.id = chain.previous"
        " WHERE r.caller = ?2 AND r.created_at >= ?3)"
        " SELECT * FROM chain"
    );
    if (!statement) return std::unexpected(std::move(statement).error());
    statement->bind(1, id).bind(2, caller).bind(3, horizon);
    Chain chain(id);
    for (;;) {
        const auto found = statement->step();
        if (!found) return std::unexpected(found.error());
        if (!*found) return std::move(chain).take();
        if (auto added = chain.add(row(*statement)); !added)
            return std::unexpected(std::move(added).error());
    }
}

Result<bool> erase(
    Database& database, const std::string& id, const std::string& caller, std::int64_t horizon
)
{
    auto statement =
        database.prepare("DELETE FROM responses WHERE id = ?1 AND caller = ?2 AND created_at >= ?3"
        );
    if (!statement) return std::unexpected(std::move(statement).error());
    statement->bind(1, id).bind(2, caller).bind(3, horizon);
    const auto rows = changed(database, *statement);
    if (!rows) return std::unexpected(rows.error());
    return *rows > 0;
}

Result<std::int64_t> expire(Database& database, std::int64_t horizon, std::int64_t at_most)
{
    auto statement = database.prepare(
        "DELETE FROM responses WHERE id IN"
        " (SELECT id FROM responses WHERE created_at < ?1 ORDER BY created_at LIMIT ?2)"
    );
    if (!statement) return std::unexpected(std::move(statement).error());
    statement->bind(1, horizon).bind(2, at_most);
    return changed(database, *statement);
}

}  // namespace sluice::response_table
