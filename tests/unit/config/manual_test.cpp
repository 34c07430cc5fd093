#include "config/settings_table.hpp"
#include "core/error.hpp"
#include "unit/config/loading.hpp"

#include <gmock/gmock.h>

namespace sluice {
namespace {

constexpr std::size_t line_length = 80;

const std::string manual = test::read_file(SLUICE_SOURCE_DIR "/docs/man/sluice.yaml.5");

std::string between(const std::string& text, const std::string& begin, const std::string& end)
{
    const auto from = text.find(begin);
    const auto to = text.find(end, from);
    if (from == std::string::npos || to == std::string::npos) return "";
    return text.substr(from + begin.size(), to - from - begin.size());
}

/// Text as mdoc has it: what stands in backquotes in typographic ones, no character that means
/// something else there.
std::string mdoc(std::string_view text)
{
    std::string out;
    bool inside = false;
    while (!text.empty()) {
        if (text.starts_with("…")) {
            out += "...";
            text.remove_prefix(std::string_view("…").size());
            continue;
        }
        if (text[0] == '`')
            out += (inside = !inside) ? "\\(oq" : "\\(cq";
        else if (text[0] == '^')
            out += "\\(ha";
        else
            out += text[0];
        text.remove_prefix(1);
    }
    return out;
}

std::string wrapped(const std::string& text)
{
    std::istringstream words(text);
    std::string out, line;
    for (std::string word; words >> word;) {
        if (!line.empty() && line.size() + 1 + word.size() > line_length)
            out += std::exchange(line, "") + "\n";
        const bool control = line.empty() && (word[0] == '.' || word[0] == '\'');
        line += concat(line.empty() ? "" : " ", control ? "\\&" : "", word);
    }
    return out + line + "\n";
}

/// server, providers.<name>.retry, each of auth.keys, or "general" for what stands alone.
std::string section_of(const SettingRow& row)
{
    const auto dot = row.path.rfind('.');
    if (dot == std::string::npos) return "general";
    auto section = row.path.substr(0, dot);
    return section.ends_with("[]") ? concat("each of ", section.substr(0, section.size() - 2))
                                   : section;
}

std::string list_of_settings()
{
    std::string out, section;
    for (const auto& row : settings_table()) {
        if (const auto own = section_of(row); own != section) {
            out += concat(section.empty() ? "" : ".El\n", ".Ss ", own, "\n.Bl -tag -width Ds\n");
            section = own;
        }
        out += concat(".It Ic ", row.path, "\n", wrapped(mdoc(row.about) + "."));
        out += wrapped(concat("Value: ", row.kind, "."));
        out += wrapped(concat("Default: ", mdoc(concat("`", row.default_value, "`")), "."));
    }
    return out + ".El\n";
}

TEST(ManualPage, has_every_setting_as_it_is_and_no_other)
{
    EXPECT_EQ(
        between(manual, ".\\\" settings begin\n", ".\\\" settings end\n"), list_of_settings()
    );
}

TEST(ManualPage, example_is_valid)
{
    const auto example = between(manual, ".Bd -literal -offset indent\n", ".Ed\n");
    const auto loaded =
        test::load(example, test::sources({{"OPENAI_API_KEY", "a"}, {"GROQ_API_KEY", "b"}}));
    EXPECT_EQ(loaded.config.auth.keys.size(), 1u);
}

}  // namespace
}  // namespace sluice
