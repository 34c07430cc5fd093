#include "core/http_head.hpp"

#include <algorithm>

namespace sluice {

std::size_t find_head_end(std::string_view bytes, std::size_t from)
{
    // A line feed that another line end follows, or may follow where it is the last of the 16.
    constexpr auto mask_of = [](const char* p) {
        const auto feeds = detail::among_16(p, '\n', '\n');
        return feeds & ((feeds | detail::among_16(p, '\r', '\r')) >> 1 | 1u << 15);
    };
    for (auto at = from; at < bytes.size(); ++at) {
        at += find_first(bytes.substr(at), mask_of);
        const auto next = bytes.substr(std::min(at + 1, bytes.size()));
        if (next.starts_with('\n')) return at + 2;
        if (next.starts_with("\r\n")) return at + 3;
    }
    return std::string_view::npos;
}

std::optional<ConnectionOptions> connection_options(std::string_view value)
{
    ConnectionOptions options;
    while (true) {
        const auto comma = value.find(',');
        const auto option = trimmed(value.substr(0, comma));
        if (!option.empty() && !is_token(option)) return std::nullopt;
        options.close |= iequals(option, "close");
        options.keep_alive |= iequals(option, "keep-alive");
        if (comma == std::string_view::npos) return options;
        value.remove_prefix(comma + 1);
    }
}

std::string_view FieldLines::find(std::string_view name) const
{
    std::string_view rest = text_;
    while (!rest.empty()) {
        const auto line = first_field(rest);
        if (iequals(line.field.name, name)) return line.field.value;
        rest.remove_prefix(line.size);
    }
    return {};
}

Headers FieldLines::copied() const
{
    Headers headers;
    std::string_view rest = text_;
    while (!rest.empty()) {
        const auto line = first_field(rest);
        headers.push_back({std::string(line.field.name), std::string(line.field.value)});
        rest.remove_prefix(line.size);
    }
    return headers;
}

}  // namespace sluice
