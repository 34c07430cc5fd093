#pragma once

#include "store/sqlite.hpp"

#include <string>

namespace sluice {

/// Opens the database at path, ready for use: made where it is missing (directory 0700, file 0600),
/// its tables brought up to what this version needs. Blocking. Error: internal, naming path and
/// reason; also where the file is no database, or a newer version's.
Result<Database> open_database(const std::string& path);

}  // namespace sluice
