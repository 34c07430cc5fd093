#include "core/http.hpp"

#include "core/error.hpp"

#include <algorithm>

namespace sluice {
namespace {

bool is_connections_own(std::string_view name)
{
    return iequals(name, "host") || iequals(name, "content-length") ||
           iequals(name, "connection") || iequals(name, "transfer-encoding");
}

/// Why the field must not be sent.
std::string fault_of(std::string_view name, std::string_view value)
{
    if (!is_token(name)) return "a header's name is no token";
    if (has_control(value))
        return concat("header ", name, " contains a line break or another control character");
    return concat("header ", name, " is not the request's to set");
}

}  // namespace

/// A line break in a value would end the field, and what follows would be the writer's to choose.
void HeaderBlock::mend(std::size_t value)
{
    constexpr auto breaks = [](char c) { return c == '\r' || c == '\n' || c == '\0'; };
    const std::span bytes(text_.data() + value, text_.size() - 2 - value);
    std::ranges::replace_if(bytes, breaks, ' ');
}

void RequestFields::append(std::span<const Header> headers)
{
    for (const auto& [name, value] : headers) add(name, value);
}

void RequestFields::append(const RequestFields& others)
{
    text_ += others.text_;
    if (fault_.empty() && !others.fault_.empty()) fault_ = others.fault_;
}

void RequestFields::replace(std::string_view name, const HeaderField& field)
{
    const auto old = line(name);
    if (old.empty()) return;
    RequestFields by{field};
    text_.replace(static_cast<std::size_t>(old.data() - text_.data()), old.size(), by.text_);
    if (fault_.empty()) fault_ = std::move(by.fault_);
}

std::string_view RequestFields::find(std::string_view name) const
{
    auto found = line(name);
    if (found.empty()) return {};
    found.remove_prefix(name.size() + 2);
    found.remove_suffix(2);
    return found;
}

/// The line of the first field with this name.
std::string_view RequestFields::line(std::string_view name) const
{
    std::string_view rest = text_;
    while (!rest.empty()) {
        const auto size = rest.find("\r\n") + 2;
        if (iequals(rest.substr(0, name.size()), name) &&
            rest.substr(name.size()).starts_with(": "))
            return rest.substr(0, size);
        rest.remove_prefix(size);
    }
    return {};
}

/// Takes the last field out again where it has a fault.
void RequestFields::check(std::size_t begin, std::size_t name_size)
{
    const auto line = std::string_view(text_).substr(begin);
    const auto name = line.substr(0, name_size);
    const auto value = line.substr(name_size + 2, line.size() - name_size - 4);
    const bool is_named = name_size > 0 && token_size(line) == name_size;
    if (is_named && !has_control(value) && !is_connections_own(name)) return;
    if (fault_.empty()) fault_ = fault_of(name, value);
    text_.resize(begin);
}

}  // namespace sluice
