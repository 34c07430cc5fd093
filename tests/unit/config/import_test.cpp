#include "config/import/import.hpp"

#include "unit/config/importing.hpp"
#include "unit/config/loading.hpp"

#include <gmock/gmock.h>

namespace sluice {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const fs::path fixtures = fs::path(SLUICE_SOURCE_DIR) / "tests/fixtures/import";

struct Case {
    std::string tool;
    fs::path directory;

    fs::path input() const { return directory / (tool == "litellm" ? "input.yaml" : "input.json"); }
    ImportedConfig import() const
    {
        auto imported = import_file(tool, input());
        if (imported) return std::move(*imported);
        ADD_FAILURE() << input() << ": " << imported.error();
        return {};
    }
};

std::vector<Case> cases()
{
    std::vector<Case> out;
    for (const std::string tool : import_tools)
        for (const auto& entry : fs::directory_iterator(fixtures / tool))
            if (fs::exists(entry.path() / "report.txt")) out.push_back({tool, entry.path()});
    return out;
}

class Import : public testing::TestWithParam<Case> {};

TEST_P(Import, gives_the_configuration_and_the_report_of_the_fixture)
{
    const auto imported = GetParam().import();
    EXPECT_EQ(imported.yaml, test::read_file(GetParam().directory / "expected.yaml"));
    EXPECT_EQ(imported.report, test::read_file(GetParam().directory / "report.txt"));
}

TEST_P(Import, gives_what_the_loader_takes)
{
    const auto yaml = GetParam().import().yaml;
    const auto loaded = test::load(yaml, test::sources(test::values_for(yaml)));
    EXPECT_THAT(loaded.config.providers, Not(IsEmpty()));
}

/// Fixtures mark every secret that stands in them.
TEST_P(Import, copies_no_secret)
{
    const auto input = test::read_file(GetParam().input());
    const auto [yaml, report] = GetParam().import();
    for (const std::string secret :
         {"in-the-file", "in-a-header", "sk-1234", "hunter2", "secret-path"}) {
        EXPECT_THAT(yaml, Not(HasSubstr(secret)));
        EXPECT_THAT(report, Not(HasSubstr(secret)));
    }
}

INSTANTIATE_TEST_SUITE_P(Fixtures, Import, testing::ValuesIn(cases()), [](const auto& each) {
    return each.param.tool + "_" + each.param.directory.filename().string();
});

TEST(ImportFixtures, are_three_or_more_for_each_tool)
{
    for (const std::string tool : import_tools)
        EXPECT_GE(std::ranges::count(cases(), tool, &Case::tool), 3) << tool;
}

TEST(ImportOfABrokenFile, says_what_is_wrong_or_that_nothing_was_found)
{
    for (const std::string tool : import_tools)
        for (const auto& entry : fs::directory_iterator(fixtures / tool / "broken")) {
            const auto imported = import_file(tool, entry.path());
            if (entry.path().stem() == "nothing_in_it") {
                ASSERT_TRUE(imported) << entry.path();
                EXPECT_THAT(imported->yaml, IsEmpty());
                EXPECT_THAT(imported->report, HasSubstr("0 providers"));
            } else {
                ASSERT_FALSE(imported) << entry.path();
                EXPECT_THAT(imported.error(), Not(IsEmpty()));
            }
        }
}

TEST(ImportedKey, opens_the_gateway_as_it_did_before)
{
    const auto imported = import_config(
        "litellm",
        "model_list: [{model_name: a, litellm_params: {model: openai/a}}]\n"
        "general_settings: {master_key: sk-master}\n",
        "config.yaml"
    );
    const auto loaded = test::load(imported->yaml, test::sources({{"OPENAI_API_KEY", "k"}}));
    ASSERT_EQ(loaded.config.auth.keys.size(), 1u);
    EXPECT_EQ(  // printf %s sk-master | sha256sum
        loaded.config.auth.keys[0].sha256,
        "3b69a285cbd23f85131f55dfcac89d7d58835845072500d7d408898ad9c39e93"
    );
}

/// A variable named after a provider wins over the file, so the name must not invite another's.
TEST(ImportedProvider, never_takes_the_key_of_another_by_its_name)
{
    const auto imported = import_config(
        "litellm",
        "model_list:\n"
        "- {model_name: a, litellm_params: {model: openai/a, api_key: os.environ/FIRST}}\n"
        "- {model_name: b, litellm_params: {model: openai/b, api_key: "
        "os.environ/OPENAI_API_KEY}}\n",
        "config.yaml"
    );
    const auto loaded = test::load(
        imported->yaml, test::sources({{"FIRST", "first"}, {"OPENAI_API_KEY", "second"}})
    );
    for (const auto& route : loaded.config.routes)
        if (route.name != "auto")
            EXPECT_EQ(
                test::provider(loaded, route.targets[0].provider).api_key,
                route.name == "a" ? "first" : "second"
            );
}

TEST(ImportedText, stays_literal_where_it_looks_like_a_variable)
{
    const auto imported = import_config(
        "portkey",
        R"({"provider":"openai","openai_organization":"${HOME}","override_params":{"model":"m$${x"}})",
        "config.json"
    );
    const auto loaded = test::load(imported->yaml, test::sources({{"OPENAI_API_KEY", "k"}}));
    EXPECT_EQ(test::provider(loaded, "openai").organization, "${HOME}");
    EXPECT_EQ(test::provider(loaded, "openai").default_model, "m$${x");
}

}  // namespace
}  // namespace sluice
