#pragma once

#include "core/error.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace sluice {

/// A prepared statement in use; at its end it is ready for the next user. Must not outlive its
/// database. Parameters count from 1, columns from 0. A text too large to be bound stays NULL,
/// which columns that are NOT NULL refuse.
class Statement {
public:
    explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}

    Statement& bind(int parameter, std::string_view text);  ///< text must stay until the last step
    Statement& bind(int parameter, std::int64_t number);

    /// True: there is a row. False: done.
    Result<bool> step();
    std::string text(int column) const;
    std::int64_t number(int column) const;

private:
    struct Reset {
        void operator()(sqlite3_stmt* statement) const;
    };
    std::unique_ptr<::sqlite3_stmt, Reset> statement_;
};

/// One connection to a database file, used by one thread at a time. All its errors are
/// ErrorKind::internal.
class Database {
public:
    /// The file has to be there; an empty one is an empty database.
    static Result<Database> open(const std::string& path);

    Result<void> execute(const std::string& sql);     ///< any number of statements without results
    Result<Statement> prepare(std::string_view sql);  ///< prepared once and kept
    /// The only value of the only row.
    Result<std::string> value(std::string_view sql);

    /// Rows that the last insert, update or delete changed.
    std::int64_t changes() const;
    bool in_transaction() const;
    /// True where the file is no longer at its path: what is written now is lost.
    bool moved() const;

private:
    struct Close {
        void operator()(sqlite3* connection) const;
    };
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };
    explicit Database(sqlite3* connection) : connection_(connection) {}

    std::unique_ptr<::sqlite3, Close> connection_;
    std::map<std::string, std::unique_ptr<::sqlite3_stmt, Finalize>, std::less<>> statements_;
};

}  // namespace sluice
