#include "config/import/import.hpp"

#include "config/environment.hpp"
#include "unit/config/importing.hpp"
#include "unit/config/loading.hpp"

#include <gmock/gmock.h>

namespace sluice {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
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

/// As they are where each variable holds its own name.
Headers imported_headers(const std::string& headers)
{
    const auto imported = import_config(
        "bifrost",
        R"({"providers":{"openai":{"network_config":{"extra_headers":)" + headers + "}}}}",
        "config.json"
    );
    auto environment = test::values_for(imported->yaml);
    for (auto& [name, value] : environment) value = name;
    return test::provider(test::load(imported->yaml, test::sources(environment)), "openai").headers;
}

TEST(ImportedHeader, is_copied_only_where_it_is_known_to_be_no_secret)
{
    EXPECT_THAT(
        imported_headers(R"({"User-Agent":"acme/1.0 [search]","x-title":"Acme","accept":"a/b"})"),
        ElementsAre(
            Header{"user-agent", "acme/1.0 [search]"},
            Header{"x-title", "Acme"},
            Header{"accept", "a/b"}
        )
    );
    for (const auto* name : {"x-team", "x-pass", "x-signature", "proxy-authorization", "x-api-key"})
        EXPECT_THAT(
            imported_headers(std::string("{\"") + name + R"(":"short"})"),
            ElementsAre(Header{name, "OPENAI_HEADER_" + variable_prefix(name)})
        );
    for (const auto* value :
         {"Bearer x", "basic x", "sk-x", "eyJx", "see sk-x", "01234567890123456789"})
        EXPECT_THAT(
            imported_headers(std::string(R"({"x-title":")") + value + R"("})"),
            ElementsAre(Header{"x-title", "OPENAI_HEADER_X_TITLE"})
        );
}

TEST(ImportedHeader, does_not_double_the_one_that_the_key_travels_in)
{
    EXPECT_THAT(imported_headers(R"({"Authorization":"env.OTHER"})"), IsEmpty());
}

TEST(ImportedProvider, whose_name_begins_with_a_digit_has_variables_that_can_be_set)
{
    const auto imported = import_config(
        "litellm",
        "model_list: [{model_name: a, litellm_params: {model: 3m/a, api_base: "
        "\"https://3m.example/v1\", api_key: k, extra_headers: {x-team: a}}}]\n",
        "config.yaml"
    );
    const auto loaded = test::load(
        imported->yaml, test::sources({{"_3M_API_KEY", "key"}, {"_3M_HEADER_X_TEAM", "team"}})
    );
    EXPECT_EQ(test::provider(loaded, "3m").api_key, "key");
    EXPECT_THAT(test::provider(loaded, "3m").headers, ElementsAre(Header{"x-team", "team"}));
}

TEST(ImportedHeader, has_a_variable_of_its_own_for_each_value)
{
    const auto model = [](std::string name, std::string value) {
        return "- {model_name: " + name + ", litellm_params: {model: openai/" + name +
               ", api_key: os.environ/KEY_" + name + ", extra_headers: {x-team: " + value + "}}}\n";
    };
    const auto imported = import_config(
        "litellm",
        "model_list:\n" + model("A", "one") + model("B", "two") + model("C", "one"),
        "config.yaml"
    );
    std::vector<std::string> headers;
    const auto loaded = test::load(
        imported->yaml,
        test::sources(
            {{"KEY_A", "a"},
             {"KEY_B", "b"},
             {"KEY_C", "c"},
             {"OPENAI_HEADER_X_TEAM", "first"},
             {"OPENAI_2_HEADER_X_TEAM", "second"}}
        )
    );
    for (const auto& provider : loaded.config.providers)
        for (const auto& header : provider.headers) headers.push_back(header.value);
    EXPECT_THAT(headers, ElementsAre("first", "second", "first"));
}

TEST(ImportedKeys, are_of_one_tenant_only_where_they_had_one_customer_or_team)
{
    const auto imported = import_config(
        "bifrost",
        R"({"providers":{"openai":{}},"governance":{"virtual_keys":[
            {"name":"a","value":"1","customer_id":"acme"},
            {"name":"b","value":"2","customer_id":"acme","team_id":"web"},
            {"name":"c","value":"3","customer_id":"${other}\n"},
            {"name":"d","value":"4","team_id":"acme"},
            {"name":"acme","value":"5"},
            {"value":"6"},
            {"value":"7"}]}})",
        "config.json"
    );
    const auto loaded = test::load(imported->yaml, test::sources({{"OPENAI_API_KEY", "k"}}));
    std::vector<std::string> tenants;
    for (const auto& key : loaded.config.auth.keys) tenants.push_back(key.tenant);
    EXPECT_THAT(
        tenants,
        ElementsAre("acme", "acme", "${other}?", "acme_2", "acme_3", "imported", "imported_2")
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
