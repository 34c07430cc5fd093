#include "config/environment.hpp"

#include "unit/config/loading.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <functional>
#include <unistd.h>

namespace sluice {
namespace {

using test::errors;
using test::load;
using test::provider;
using test::sources;
using test::TemporaryDirectory;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr std::string_view my_llm =
    "providers: {my-llm: {type: openai_compatible, base_url: \"https://x/v1\"}, openai: {}}";

struct Case {
    std::string variable;
    std::string value;
    std::function<std::string(const LoadedConfig&)> read;
    std::string expected;
};

TEST(Variable, sets_its_setting)
{
    const auto of_openai = [](auto member) {
        return [member](const LoadedConfig& loaded) {
            return std::invoke(member, provider(loaded, "openai"));
        };
    };
    const auto number = [](auto value) { return value ? std::to_string(*value) : "unset"; };
    const auto temperature = [](const LoadedConfig& l) {
        return provider(l, "openai").default_temperature == 0.5 ? std::string("0.5") : "wrong";
    };
    const auto max_tokens = [&](const LoadedConfig& l) {
        return number(provider(l, "openai").default_max_tokens);
    };
    for (const auto& [variable, value, read, expected] : std::vector<Case>{
             {"OPENAI_API_KEY", "k", of_openai(&ProviderConfig::api_key), "k"},
             {"OPENAI_BASE_URL",
              "https://y/v1",
              of_openai(&ProviderConfig::base_url),
              "https://y/v1"},
             {"OPENAI_DEFAULT_MODEL", "m", of_openai(&ProviderConfig::default_model), "m"},
             {"OPENAI_DEFAULT_MAX_TOKENS", "7", max_tokens, "7"},
             {"OPENAI_DEFAULT_TEMPERATURE", "0.5", temperature, "0.5"},
             {"OPENAI_ORG", "o", of_openai(&ProviderConfig::organization), "o"},
             {"OPENAI_PROJECT", "p", of_openai(&ProviderConfig::project), "p"},
             {"OPENAI_MODEL", "m", of_openai(&ProviderConfig::default_model), "m"},
             {"OPENAI_MAX_OUTPUT_TOKENS", "7", max_tokens, "7"},
             {"OPENAI_TEMPERATURE", "0.5", temperature, "0.5"},
             {"MY_LLM_API_KEY", "k", [](auto& l) { return provider(l, "my-llm").api_key; }, "k"},
             {"CORS_ORIGINS",
              "https://a, https://b",
              [](auto& l) { return l.config.cors.origins.at(1); },
              "https://b"},
             {"OPENAI_CORS_ORIGINS",
              "https://a",
              [](auto& l) { return l.config.cors.origins.at(0); },
              "https://a"},
             {"ENVIRONMENT", "staging", [](auto& l) { return l.config.environment; }, "staging"},
             {"OPENAI_ENVIRONMENT",
              "staging",
              [](auto& l) { return l.config.environment; },
              "staging"},
             {"DEFAULT_MODEL", "m", [](auto& l) { return l.config.default_model; }, "m"},
             {"DEFAULT_MAX_TOKENS",
              "7",
              [&](auto& l) { return number(l.config.default_max_tokens); },
              "7"},
             {"DEFAULT_TEMPERATURE",
              "2",
              [&](auto& l) { return number(l.config.default_temperature); },
              "2.000000"},
             {"SLUICE_LISTEN",
              "127.0.0.1:1,[::1]:2",
              [](auto& l) { return l.config.server.listen.at(1); },
              "[::1]:2"},
         }) {
        const auto loaded = load(my_llm, sources({{variable, value}}));
        EXPECT_EQ(read(loaded), expected) << variable;
        const auto origin = "environment " + variable;
        EXPECT_TRUE(std::ranges::any_of(loaded.origins, [&](auto& entry) {
            return entry.second == origin;
        })) << variable;
    }
}

TEST(Variable, wins_over_the_file_unless_it_is_empty)
{
    constexpr std::string_view file =
        "providers: {openai: {api_key: from-file}}\ncors: {origins: [\"https://file\"]}";
    EXPECT_EQ(provider(load(file, sources({{"OPENAI_API_KEY", "k"}})), "openai").api_key, "k");
    EXPECT_EQ(
        provider(load(file, sources({{"OPENAI_API_KEY", ""}})), "openai").api_key, "from-file"
    );
    EXPECT_THAT(
        load(file, sources({{"CORS_ORIGINS", "https://env"}})).config.cors.origins,
        ElementsAre("https://env")
    );
}

TEST(Variable, older_spelling_yields_to_the_newer)
{
    const auto loaded = load(
        "",
        sources({
            {"OPENAI_MODEL", "old"},
            {"OPENAI_DEFAULT_MODEL", "new"},
            {"OPENAI_ENVIRONMENT", "old"},
            {"ENVIRONMENT", "new"},
        })
    );
    EXPECT_EQ(provider(loaded, "openai").default_model, "new");
    EXPECT_EQ(loaded.config.environment, "new");
}

TEST(Variable, older_spellings_are_of_openai_alone)
{
    EXPECT_EQ(
        provider(load("", sources({{"MISTRAL_MODEL", "m"}, {"MISTRAL_ORG", "o"}})), "mistral")
            .default_model,
        ""
    );
}

TEST(Variable, mistakes_name_it)
{
    EXPECT_THAT(
        errors(
            "",
            sources({
                {"OPENAI_DEFAULT_TEMPERATURE", "hot"},
                {"OPENAI_BASE_URL", "nowhere"},
                {"DEFAULT_MAX_TOKENS", "0"},
            })
        ),
        ElementsAre(
            "environment DEFAULT_MAX_TOKENS: must be 1 to 100000000",
            "environment OPENAI_BASE_URL: must be a URL such as https://api.example.com/v1",
            "environment OPENAI_DEFAULT_TEMPERATURE: must be a number, 0 to 2"
        )
    );
}

TEST(KeyFile, gives_the_key_without_its_line_break)
{
    const TemporaryDirectory directory;
    const auto path = directory.file("key", "sk-1\n");
    const auto loaded = load("", sources({{"OPENAI_API_KEY_FILE", path}}));
    EXPECT_EQ(provider(loaded, "openai").api_key, "sk-1");
    EXPECT_EQ(loaded.origins.at("providers.openai.api_key"), "environment OPENAI_API_KEY_FILE");
}

TEST(KeyFile, beside_the_variable_is_an_error)
{
    EXPECT_THAT(
        errors("", sources({{"OPENAI_API_KEY", "secret-1"}, {"OPENAI_API_KEY_FILE", "/x"}})),
        ElementsAre(
            "environment OPENAI_API_KEY_FILE: gives the same key as OPENAI_API_KEY; set one of them"
        )
    );
    EXPECT_EQ(
        provider(
            load("", sources({{"OPENAI_API_KEY", "k"}, {"OPENAI_API_KEY_FILE", ""}})), "openai"
        )
            .api_key,
        "k"
    );
}

TEST(KeyFile, that_cannot_be_read_is_named)
{
    EXPECT_THAT(
        errors("", sources({{"MISTRAL_API_KEY_FILE", "/no/such/key"}})),
        ElementsAre("environment MISTRAL_API_KEY_FILE: /no/such/key cannot be read: No such file "
                    "or directory")
    );
}

TEST(Credential, of_systemd_gives_the_key_in_either_case)
{
    for (const auto* name : {"openai_api_key", "OPENAI_API_KEY"}) {
        const TemporaryDirectory directory;
        directory.file(name, "sk-2\n");
        const auto loaded = load("", sources({{"CREDENTIALS_DIRECTORY", directory.path()}}));
        EXPECT_EQ(provider(loaded, "openai").api_key, "sk-2") << name;
        EXPECT_EQ(loaded.origins.at("providers.openai.api_key"), std::string("credential ") + name);
        EXPECT_THAT(
            errors(
                "", sources({{"CREDENTIALS_DIRECTORY", directory.path()}, {"OPENAI_API_KEY", "k"}})
            ),
            ElementsAre(HasSubstr("gives the same key as OPENAI_API_KEY"))
        );
    }
}

TEST(Credential, that_cannot_be_looked_at_is_named)
{
    const TemporaryDirectory directory;
    std::filesystem::create_symlink("openai_api_key", directory.path() + "/openai_api_key");
    for (const auto& from :
         {sources({{"CREDENTIALS_DIRECTORY", directory.path()}}),
          sources({{"CREDENTIALS_DIRECTORY", directory.path()}, {"OPENAI_API_KEY", "k"}})})
        EXPECT_THAT(
            errors("providers: {openai: {}}", from),
            ElementsAre(
                "credential openai_api_key: " + directory.path() +
                "/openai_api_key cannot be read: Too many levels of symbolic links"
            )
        );
}

TEST(Credential, in_a_place_that_is_no_directory_is_named_once)
{
    const TemporaryDirectory directory;
    const auto place = directory.file("keys", "sk-2\n");
    EXPECT_THAT(
        errors("providers: {openai: {}}", sources({{"CREDENTIALS_DIRECTORY", place}})),
        Contains(
            "credential OPENAI_API_KEY: " + place +
            "/OPENAI_API_KEY cannot be read: Not a directory"
        )
    );
    EXPECT_THAT(
        errors("providers: {openai: {}}", sources({{"CREDENTIALS_DIRECTORY", place}})),
        Not(Contains(HasSubstr("/openai_api_key")))
    );
}

TEST(Credential, behind_a_closed_door_is_named)
{
    if (::geteuid() == 0) GTEST_SKIP() << "no door is closed to root";
    const TemporaryDirectory directory;
    const auto keys = directory.directory("keys");
    std::filesystem::permissions(keys, std::filesystem::perms::none);
    EXPECT_THAT(
        errors("providers: {openai: {}}", sources({{"CREDENTIALS_DIRECTORY", keys}})),
        Contains(
            "credential OPENAI_API_KEY: " + keys +
            "/OPENAI_API_KEY cannot be read: Permission denied"
        )
    );
    std::filesystem::permissions(keys, std::filesystem::perms::owner_all);
}

TEST(Credential, in_a_directory_that_is_not_there_is_none)
{
    EXPECT_THAT(errors("", sources({{"CREDENTIALS_DIRECTORY", "/no/such/place"}})), IsEmpty());
}

ConfigSources with_env_file(const std::string& path, test::Environment environment = {})
{
    auto out = sources(std::move(environment));
    out.env_file = path;
    return out;
}

TEST(DotEnv, wins_over_the_file_and_yields_to_the_environment)
{
    const TemporaryDirectory directory;
    const auto path =
        directory.file(".env", "# keys\nOPENAI_API_KEY=dot\nMISTRAL_API_KEY=dot\nX=replaced\n");
    const auto loaded = load(
        "environment: ${X}\nproviders: {openai: {api_key: file}, mistral: {api_key: file}}",
        with_env_file(path, {{"OPENAI_API_KEY", "real"}})
    );
    EXPECT_EQ(provider(loaded, "openai").api_key, "real");
    EXPECT_EQ(provider(loaded, "mistral").api_key, "dot");
    EXPECT_EQ(loaded.origins.at("providers.mistral.api_key"), path + ":3");
    EXPECT_EQ(loaded.config.environment, "replaced");
}

TEST(DotEnv, newer_spelling_in_it_yields_to_an_older_one_of_the_environment)
{
    const TemporaryDirectory directory;
    const auto path = directory.file(".env", "OPENAI_DEFAULT_MODEL=dot\n");
    EXPECT_EQ(
        provider(load("", with_env_file(path, {{"OPENAI_MODEL", "real"}})), "openai").default_model,
        "real"
    );
}

TEST(DotEnv, malformed_line_is_skipped_with_a_warning)
{
    const TemporaryDirectory directory;
    const auto path = directory.file(".env", "nonsense\nENVIRONMENT=e\n");
    const auto loaded = load("", with_env_file(path));
    EXPECT_THAT(loaded.warnings, ElementsAre(path + ":1: not KEY=value; the line was skipped"));
    EXPECT_EQ(loaded.config.environment, "e");
}

TEST(DotEnv, that_is_a_directory_gives_a_warning_that_says_so)
{
    const TemporaryDirectory directory;
    const auto path = directory.directory(".env");
    const auto loaded = load("", with_env_file(path));
    EXPECT_THAT(
        loaded.warnings, ElementsAre(HasSubstr(path + " is a directory; nothing was read from it"))
    );
}

TEST(DotEnv, that_cannot_be_looked_at_gives_a_warning)
{
    const TemporaryDirectory directory;
    const auto path = directory.path() + "/.env";
    std::filesystem::create_symlink(".env", path);
    EXPECT_THAT(
        load("", with_env_file(path)).warnings,
        ElementsAre(
            path + " cannot be read: Too many levels of symbolic links; nothing was read from it"
        )
    );
}

TEST(DotEnv, that_does_not_exist_is_no_matter)
{
    const TemporaryDirectory directory;
    EXPECT_THAT(load("", with_env_file(directory.path() + "/.env")).warnings, IsEmpty());
}

TEST(DotEnv, mistakes_in_its_values_name_line_and_setting)
{
    const TemporaryDirectory directory;
    const auto path = directory.file(".env", "\nDEFAULT_TEMPERATURE=9\n");
    EXPECT_THAT(
        errors("", with_env_file(path)),
        ElementsAre(path + ":2:1: defaults.temperature: must be 0 to 2")
    );
}

TEST(ProcessEnvironment, is_that_of_the_process)
{
    ::setenv("SLUICE_TEST_VARIABLE", "a=b", 1);
    EXPECT_EQ(process_environment().at("SLUICE_TEST_VARIABLE"), "a=b");
    ::unsetenv("SLUICE_TEST_VARIABLE");
}

TEST(VariablePrefix, is_the_name_in_capitals_with_underscores)
{
    EXPECT_EQ(variable_prefix("my-llm_2"), "MY_LLM_2");
}

}  // namespace
}  // namespace sluice
