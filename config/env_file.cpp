#include "config/env_file.hpp"

#include "config/variables.hpp"

#include <algorithm>
#include <optional>

namespace sluice {
namespace {

constexpr std::string_view blanks = " \t\r";

std::string_view trim(std::string_view text)
{
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
    return text.substr(0, text.find_last_not_of(blanks) + 1);
}

bool is_comment_or_nothing(std::string_view text)
{
    text = trim(text);
    return text.empty() || text.starts_with('#');
}

std::optional<std::string> single_quoted(std::string_view text)
{
    const auto end = text.find('\'', 1);
    if (end == std::string_view::npos || !is_comment_or_nothing(text.substr(end + 1)))
        return std::nullopt;
    return std::string(text.substr(1, end - 1));
}

std::optional<std::string> double_quoted(std::string_view text)
{
    std::string out;
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == '"')
            return is_comment_or_nothing(text.substr(i + 1)) ? std::optional(out) : std::nullopt;
        if (text[i] == '\\' && i + 1 < text.size()) {
            const char escaped = text[++i];
            if (escaped == 'n')
                out += '\n';
            else if (escaped == 't')
                out += '\t';
            else if (escaped == '"' || escaped == '\\' || escaped == '$')
                out += escaped;
            else
                (out += '\\') += escaped;
        } else {
            out += text[i];
        }
    }
    return std::nullopt;
}

/// Up to a # that follows a blank.
std::string bare(std::string_view text)
{
    for (std::size_t i = 0; i < text.size(); ++i)
        if (text[i] == '#' && (i == 0 || blanks.contains(text[i - 1]))) {
            text = text.substr(0, i);
            break;
        }
    return std::string(trim(text));
}

std::optional<EnvLine> parse_line(std::string_view text)
{
    constexpr std::string_view export_word = "export";
    if (text.starts_with(export_word) && text.size() > export_word.size() &&
        blanks.contains(text[export_word.size()]))
        text = trim(text.substr(export_word.size()));
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const auto name = trim(text.substr(0, equals));
    const auto value = trim(text.substr(equals + 1));
    if (!is_variable_name(name)) return std::nullopt;

    std::optional<std::string> read;
    if (value.starts_with('\''))
        read = single_quoted(value);
    else if (value.starts_with('"'))
        read = double_quoted(value);
    else
        read = bare(value);
    if (!read) return std::nullopt;
    return EnvLine{0, std::string(name), std::move(*read)};
}

}  // namespace

EnvFile parse_env_file(std::string_view text)
{
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    EnvFile out;
    for (int number = 1; !text.empty(); ++number) {
        const auto end = std::min(text.find('\n'), text.size());
        const auto line = trim(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (is_comment_or_nothing(line)) continue;
        if (auto read = parse_line(line)) {
            read->line = number;
            out.lines.push_back(std::move(*read));
        } else {
            out.malformed.push_back(number);
        }
    }
    return out;
}

}  // namespace sluice
