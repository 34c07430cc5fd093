#include "config/settings_table.hpp"
#include "unit/config/loading.hpp"

#include <gmock/gmock.h>

#include <regex>
#include <set>

namespace sluice {
namespace {

using test::load;
using test::sources;
using testing::HasSubstr;

const std::string source_directory = SLUICE_SOURCE_DIR;

std::string example()
{
    return test::read_file(source_directory + "/config/sluice.yaml");
}

TEST(ExampleFile, has_the_defaults_where_it_does_not_say_example)
{
    auto written = load(example());
    auto built_in = load("");
    EXPECT_EQ(
        std::erase_if(written.config.routes, [](auto& route) { return route.name == "smart"; }), 1u
    );
    written.origins.clear();
    built_in.origins.clear();
    EXPECT_EQ(print_config(written), print_config(built_in));
    EXPECT_TRUE(written.warnings.empty());
}

TEST(ExampleFile, takes_keys_from_the_environment)
{
    const auto loaded = load(example(), sources({{"MISTRAL_API_KEY", "k"}}));
    EXPECT_EQ(test::provider(loaded, "mistral").api_key, "k");
}

/// The file with its commented examples in force.
std::string with_examples()
{
    const std::regex placeholder(R"(^ *(keys|models): \[\].*)"),
        commented(R"(^( *)# (( {2,}(- )?)?[a-z_0-9]+:( .*)?)$)");
    std::istringstream lines(example());
    std::string out;
    for (std::string line; std::getline(lines, line);)
        if (!std::regex_match(line, placeholder))
            out += std::regex_replace(line, commented, "$1$2") + "\n";
    return out;
}

TEST(ExampleFile, commented_examples_are_valid_too)
{
    const auto loaded = load(with_examples());
    EXPECT_EQ(loaded.config.auth.keys.size(), 1u);
    EXPECT_EQ(test::provider(loaded, "openai").models.size(), 1u);
    EXPECT_EQ(test::provider(loaded, "ollama").type, "openai_compatible");
}

TEST(ExampleFile, shows_every_setting)
{
    const auto loaded = load(with_examples());
    for (const auto& row : settings_table()) {
        const auto path = std::regex(std::regex_replace(
            std::regex_replace(row.path, std::regex("<name>"), "[a-z]+"),
            std::regex(R"(\[\])"),
            R"(\[\d+\])"
        ));
        const auto key =
            std::regex(R"((^|\n) *(- )?)" + row.path.substr(row.path.find_last_of('.') + 1) + ":");
        const bool set = std::ranges::any_of(loaded.origins, [&](auto& entry) {
            return std::regex_match(entry.first, path);
        });
        const bool unset_by_default =
            row.default_value == "null" && std::regex_search(with_examples(), key);
        EXPECT_TRUE(set || unset_by_default) << row.path;
    }
}

std::vector<std::string> cells(const std::string& line)
{
    std::vector<std::string> out;
    for (std::size_t begin = 1; begin < line.size();) {
        const auto end = line.find('|', begin);
        if (end == std::string::npos) break;
        out.push_back(std::regex_replace(line.substr(begin, end - begin), std::regex("^ +| +$"), "")
        );
        begin = end + 1;
    }
    return out;
}

TEST(Documentation, has_every_setting_as_it_is_and_no_other)
{
    std::set<std::vector<std::string>> documented, expected;
    std::istringstream lines(test::read_file(source_directory + "/docs/configuration.md"));
    for (std::string line; std::getline(lines, line);)
        if (const auto row = cells(line); row.size() == 4 && row[0].starts_with('`'))
            documented.insert(row);
    for (const auto& row : settings_table())
        expected.insert({"`" + row.path + "`", row.kind, "`" + row.default_value + "`", row.about});
    EXPECT_EQ(documented, expected);
}

TEST(Documentation, examples_are_valid)
{
    std::istringstream lines(test::read_file(source_directory + "/docs/configuration.md"));
    std::string block;
    bool inside = false;
    int blocks = 0;
    for (std::string line; std::getline(lines, line);) {
        if (inside && line == "```") {
            inside = false;
            ++blocks;
            load(block, sources({{"GROQ_API_KEY", "k"}}));
        } else if (inside) {
            block += line + "\n";
        } else if (line == "```yaml") {
            inside = true;
            block.clear();
        }
    }
    EXPECT_GE(blocks, 4);
}

}  // namespace
}  // namespace sluice
