#include "config/variables.hpp"

#include "config/text_file.hpp"
#include "core/error.hpp"

#include <algorithm>

namespace sluice {
namespace {

constexpr std::size_t max_secret_file = 64 << 10;

/// The value of what stands between ${ and }.
std::expected<std::string, std::string> value_of(
    std::string_view reference, const Variables& variables
)
{
    constexpr std::string_view file_prefix = "file:";
    if (reference.starts_with(file_prefix))
        return read_secret_file(std::string(reference.substr(file_prefix.size())));

    const auto separator = reference.find(":-");
    const auto name = reference.substr(0, separator);
    if (!is_variable_name(name))
        return std::unexpected(
            concat("${", reference, "} names no variable; write $${ for a literal ${")
        );
    const auto found = variables.find(name);
    if (separator != std::string_view::npos)
        return found == variables.end() || found->second.value.empty()
                   ? std::string(reference.substr(separator + 2))
                   : found->second.value;
    if (found == variables.end())
        return std::unexpected(concat(
            "the variable ", name, " is not set; write ${", name, ":-} where it may be missing"
        ));
    return found->second.value;
}

}  // namespace

bool is_variable_name(std::string_view text)
{
    const auto letter = [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
    };
    const auto part = [&](char c) { return letter(c) || (c >= '0' && c <= '9'); };
    return !text.empty() && letter(text[0]) && std::ranges::all_of(text, part);
}

std::expected<std::string, std::string> expand(std::string_view text, const Variables& variables)
{
    std::string out;
    while (!text.empty()) {
        if (text.starts_with("$${")) {
            out += "${";
            text.remove_prefix(3);
        } else if (text.starts_with("${")) {
            const auto end = text.find('}');
            if (end == std::string_view::npos)
                return std::unexpected("${ without its }; write $${ for a literal ${");
            const auto reference = text.substr(2, end - 2);
            if (reference.contains("${"))
                return std::unexpected("a ${ within another is not taken");
            auto value = value_of(reference, variables);
            if (!value) return value;
            out += *value;
            text.remove_prefix(end + 1);
        } else {
            out += text[0];
            text.remove_prefix(1);
        }
    }
    return out;
}

bool has_expansion(std::string_view text)
{
    return text.contains("${");
}

std::expected<std::string, std::string> read_secret_file(const std::string& path)
{
    auto text = read_text_file(path, max_secret_file);
    if (!text) return std::unexpected(concat(path, " ", text.error()));
    if (text->ends_with('\n')) text->pop_back();
    if (text->ends_with('\r')) text->pop_back();
    if (text->empty()) return std::unexpected(concat(path, " is empty"));
    return text;
}

}  // namespace sluice
