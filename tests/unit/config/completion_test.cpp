#include "unit/config/loading.hpp"

#include <gmock/gmock.h>

namespace sluice {
namespace {

using test::load;
using test::provider;
using test::sources;
using testing::ElementsAre;

std::vector<std::string> names(const LoadedConfig& loaded)
{
    std::vector<std::string> out;
    for (const auto& one : loaded.config.providers) out.push_back(one.name);
    return out;
}

std::vector<std::string> targets(const LoadedConfig& loaded, std::string_view route)
{
    std::vector<std::string> out;
    for (const auto& one : loaded.config.routes)
        if (one.name == route)
            for (const auto& target : one.targets)
                out.push_back(target.provider + "/" + target.model);
    return out;
}

TEST(WithoutAFile, the_providers_with_an_address_of_their_own_are_there_on_loopback)
{
    const auto loaded = load("", sources({{"MISTRAL_API_KEY", "k"}}));
    EXPECT_THAT(names(loaded), ElementsAre("openai", "mistral", "anthropic", "gemini"));
    EXPECT_EQ(provider(loaded, "openai").type, "openai");
    EXPECT_EQ(provider(loaded, "mistral").api_key, "k");
    EXPECT_THAT(loaded.config.server.listen, ElementsAre("127.0.0.1:8006"));
    EXPECT_TRUE(loaded.warnings.empty());
}

TEST(AutoRoute, has_every_provider_that_works_in_the_order_of_the_file)
{
    const auto loaded = load(R"(
providers:
  mistral: {api_key: k}
  openai: {}
  keyless: {type: openai_compatible, base_url: "https://llm.example", dialect: {require_key: false}}
  local: {type: openai_compatible, base_url: "http://127.0.0.1:1"}
  remote: {type: openai_compatible, base_url: "https://llm.example"}
)");
    EXPECT_THAT(targets(loaded, "auto"), ElementsAre("mistral/", "keyless/", "local/"));
}

TEST(AutoRoute, without_any_key_has_all_providers)
{
    EXPECT_THAT(
        targets(load(""), "auto"), ElementsAre("openai/", "mistral/", "anthropic/", "gemini/")
    );
}

TEST(AutoRoute, that_is_configured_stays)
{
    EXPECT_THAT(
        targets(load("routes: {auto: {targets: [mistral/m]}}"), "auto"), ElementsAre("mistral/m")
    );
}

ConfigSources demo(test::Environment environment = {})
{
    auto out = sources(std::move(environment));
    out.demo = true;
    return out;
}

TEST(Demo, adds_mock_providers_and_a_route_that_fails_over)
{
    const auto loaded = load("", demo({{"OPENAI_API_KEY", "k"}}));
    EXPECT_TRUE(loaded.config.demo);
    EXPECT_THAT(
        names(loaded),
        ElementsAre("openai", "mistral", "anthropic", "gemini", "mock", "mock_failing")
    );
    EXPECT_EQ(provider(loaded, "openai").api_key, "k");
    EXPECT_THAT(targets(loaded, "auto"), ElementsAre("mock_failing/fail-503", "mock/echo"));

    const auto failing = provider(loaded, "mock_failing");
    EXPECT_EQ(failing.type, "mock");
    EXPECT_EQ(failing.default_model, "fail-503");
    EXPECT_EQ(failing.breaker.min_requests, 3);
    EXPECT_EQ(failing.breaker.open_time, 10s);
    EXPECT_LT(failing.retry.base_delay, RetryConfig{}.base_delay);
}

TEST(Demo, listens_on_loopback_whatever_the_file_says)
{
    const auto from = demo({{"SLUICE_LISTEN", "127.0.0.1:1"}});
    EXPECT_THAT(
        load("server: {listen: [\"127.0.0.1:2\"]}", from).config.server.listen,
        ElementsAre("127.0.0.1:8006")
    );
    auto asked = demo();
    asked.listen = {"127.0.0.1:0"};
    EXPECT_THAT(load("", asked).config.server.listen, ElementsAre("127.0.0.1:0"));
}

TEST(Demo, leaves_what_the_file_has_under_the_same_names)
{
    const auto loaded = load(
        "providers: {mock: {default_model: slow}}\nroutes: {auto: {targets: [mock/slow]}}", demo()
    );
    EXPECT_EQ(provider(loaded, "mock").default_model, "slow");
    EXPECT_THAT(targets(loaded, "auto"), ElementsAre("mock/slow"));
}

TEST(Demo, keeps_its_state_in_memory_unless_the_file_says_where)
{
    EXPECT_EQ(load("").config.state.store, StateStore::sqlite);
    EXPECT_EQ(load("", demo()).config.state.store, StateStore::memory);
    EXPECT_EQ(load("state: {store: sqlite}", demo()).config.state.store, StateStore::sqlite);
}

TEST(StatePath, is_in_the_directory_that_systemd_gives_unless_the_file_names_one)
{
    const auto path = [](std::string_view text, test::Environment environment) {
        return load(text, sources(std::move(environment))).config.state.path;
    };
    EXPECT_EQ(path("", {}), "data/sluice.db");
    EXPECT_EQ(path("", {{"STATE_DIRECTORY", ""}}), "data/sluice.db");
    EXPECT_EQ(path("", {{"STATE_DIRECTORY", "/var/lib/s"}}), "/var/lib/s/sluice.db");
    EXPECT_EQ(path("", {{"STATE_DIRECTORY", "/var/lib/a:/var/lib/b"}}), "/var/lib/a/sluice.db");
    EXPECT_EQ(path("state: {path: x.db}", {{"STATE_DIRECTORY", "/var/lib/s"}}), "x.db");
}

}  // namespace
}  // namespace sluice
