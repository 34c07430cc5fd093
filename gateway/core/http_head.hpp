#pragma once

#include "core/http.hpp"
#include "core/http_text.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// What the heads of both sides have in common: the caller's and the provider's.
namespace sluice {

/// Where the head that begins `bytes` ends: one past its blank line, however that line ends (wrong
/// endings are the parser's to refuse); npos while it has not come. The bytes before `from` hold no
/// such end; step back two of them, since the end may stand astride.
std::size_t find_head_end(std::string_view bytes, std::size_t from);

/// A header field, as it came.
struct FieldLine {
    HeaderField field;     ///< without the blanks around the value
    std::size_t size = 0;  ///< of its line, the end included; 0: there is no well-formed field
};

/// The field whose line begins the bytes. Whether the next line continues it, is not looked at.
inline FieldLine first_field(std::string_view bytes)
{
    const auto colon = token_size(bytes);
    if (colon == 0 || colon == bytes.size() || bytes[colon] != ':') return {};
    const auto rest = bytes.substr(colon + 1);
    const auto end = find_control(rest);
    if (!rest.substr(end).starts_with("\r\n")) return {};
    return {{bytes.substr(0, colon), trimmed(rest.substr(0, end))}, colon + 1 + end + 2};
}

/// What a Connection field asks for.
struct ConnectionOptions {
    bool close = false;
    bool keep_alive = false;
};
/// nullopt: the value is no list of options.
std::optional<ConnectionOptions> connection_options(std::string_view value);

/// Header fields as they came, in well-formed lines.
class FieldLines {
public:
    /// Whole lines of which first_field() has taken each.
    void assign(std::string_view lines) { text_ = lines; }

    /// The value of the first field with this name, case-insensitive; empty where there is none.
    std::string_view find(std::string_view name) const;
    Headers copied() const;

private:
    std::string text_;
};

inline std::string_view find_header(const FieldLines& fields, std::string_view name)
{
    return fields.find(name);
}

}  // namespace sluice
