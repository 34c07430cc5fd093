#include "store/sqlite.hpp"

#include <cstring>
#include <sqlite3.h>

namespace sluice {
namespace {

std::unexpected<Error> failure(sqlite3* connection)
{
    std::string message = sqlite3_errmsg(connection);
    const int kind = sqlite3_errcode(connection) & 0xff;  // without the extended part
    const int error = sqlite3_system_errno(connection);   // stays after errors of other kinds
    if (error != 0 && (kind == SQLITE_CANTOPEN || kind == SQLITE_IOERR))
        message += concat(" (", std::strerror(error), ")");
    return fail(ErrorKind::internal, std::move(message));
}

}  // namespace

void Statement::Reset::operator()(sqlite3_stmt* statement) const
{
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
}

Statement& Statement::bind(int parameter, std::string_view text)
{
    // A view without data would bind NULL.
    const char* data = text.data() ? text.data() : "";
    sqlite3_bind_text64(statement_.get(), parameter, data, text.size(), SQLITE_STATIC, SQLITE_UTF8);
    return *this;
}

Statement& Statement::bind(int parameter, std::int64_t number)
{
    sqlite3_bind_int64(statement_.get(), parameter, number);
    return *this;
}

Result<bool> Statement::step()
{
    const int code = sqlite3_step(statement_.get());
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    return failure(sqlite3_db_handle(statement_.get()));
}

std::string Statement::text(int column) const
{
    const auto* data = sqlite3_column_text(statement_.get(), column);
    const auto size = sqlite3_column_bytes(statement_.get(), column);
    return data ? std::string(reinterpret_cast<const char*>(data), static_cast<std::size_t>(size))
                : std::string();
}

std::int64_t Statement::number(int column) const
{
    return sqlite3_column_int64(statement_.get(), column);
}

void Database::Close::operator()(sqlite3* connection) const
{
    sqlite3_close(connection);
}

void Database::Finalize::operator()(sqlite3_stmt* statement) const
{
    sqlite3_finalize(statement);
}

Result<Database> Database::open(const std::string& path)
{
    sqlite3* connection = nullptr;
    const int code = sqlite3_open_v2(
        path.c_str(),
        &connection,
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
        nullptr
    );
    Database database(connection);
    if (code != SQLITE_OK) return failure(connection);
    return database;
}

Result<void> Database::execute(const std::string& sql)
{
    if (sqlite3_exec(connection_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
        return failure(connection_.get());
    return {};
}

Result<Statement> Database::prepare(std::string_view sql)
{
    if (const auto known = statements_.find(sql); known != statements_.end())
        return Statement(known->second.get());
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v3(
        connection_.get(),
        sql.data(),
        static_cast<int>(sql.size()),
        SQLITE_PREPARE_PERSISTENT,
        &statement,
        nullptr
    );
    if (code != SQLITE_OK) return failure(connection_.get());
    statements_.emplace(sql, statement);
    return Statement(statement);
}

Result<std::string> Database::value(std::string_view sql)
{
    auto statement = prepare(sql);
    if (!statement) return std::unexpected(std::move(statement).error());
    const auto row = statement->step();
    if (!row) return std::unexpected(row.error());
    return *row ? statement->text(0) : std::string();
}

std::int64_t Database::changes() const
{
    return sqlite3_changes64(connection_.get());
}

bool Database::in_transaction() const
{
    return sqlite3_get_autocommit(connection_.get()) == 0;
}

bool Database::moved() const
{
    int moved = 0;
    sqlite3_file_control(connection_.get(), "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    return moved != 0;
}

}  // namespace sluice
