#pragma once

#include "config/findings.hpp"

#include <expected>
#include <map>
#include <string>
#include <string_view>

namespace sluice {

struct Variable {
    std::string value;
    Place place;
};
/// The environment and what .env adds to it.
using Variables = std::map<std::string, Variable, std::less<>>;

bool is_variable_name(std::string_view text);

/// The text with ${VAR}, ${VAR:-default} (for a variable unset or empty) and ${file:/path}
/// replaced;
/// `$${` stands for `${`. What comes in is not looked at again. The error says what is wrong.
std::expected<std::string, std::string> expand(std::string_view text, const Variables& variables);
bool has_expansion(std::string_view text);

/// The text of a file that holds one secret, without one trailing line break.
std::expected<std::string, std::string> read_secret_file(const std::string& path);

}  // namespace sluice
