#include "config/settings_table.hpp"
#include "unit/config/loading.hpp"

#include <gmock/gmock.h>

namespace sluice {
namespace {

using test::load;
using test::sources;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view everything = R"(
server: {listen: ["127.0.0.1:1", "[::1]:2"], header_timeout: 1500ms, max_body: 2000, min_body_rate: 2KiB}
auth:
  keys:
    - {name: a, sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, requests_per_minute: 0.5}
    - {name: "b: #", sha256: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb}
environment: "x $${HOME} \"quoted\" \\ \t\u00e9"
defaults: {temperature: 0.7}
providers:
  "null": {type: openai, api_key: sk-secret-1, headers: {x-key: sk-secret-2, "true": sk-secret-3}}
  mine:
    type: openai_compatible
    base_url: https://x/v1
    dialect: {unsupported: [seed], tools: false}
    models: [{id: m, context_window: 5, unsupported: [a, b]}, {id: n}]
routes: {r: {strategy: least_latency, targets: [mine/a/b, {provider: mine, weight: 0.125}]}}
)";

std::string without_origins(LoadedConfig loaded)
{
    loaded.origins.clear();
    return print_config(loaded);
}

TEST(PrintedConfig, loads_again_as_the_same)
{
    const auto loaded = load(everything);
    EXPECT_EQ(without_origins(load(print_config(loaded))), without_origins(loaded));
}

TEST(PrintedConfig, hides_secrets_but_shows_that_they_are_there)
{
    const auto text = print_config(
        load("providers: {openai: {api_key: sk-secret, headers: {x-key: sk-secret}}, mistral: {}}")
    );
    EXPECT_THAT(text, Not(HasSubstr("sk-secret")));
    EXPECT_THAT(text, HasSubstr("    api_key: \"***\""));
    EXPECT_THAT(text, HasSubstr("      x-key: \"***\""));
    EXPECT_THAT(text, HasSubstr("    api_key: \"\"\n"));
}

TEST(PrintedConfig, names_the_origin_of_what_was_set)
{
    const auto text =
        print_config(load("server:\n  workers: 2\n", sources({{"OPENAI_BASE_URL", "https://x/v1"}}))
        );
    EXPECT_THAT(text, testing::ContainsRegex("workers: 2 +# sluice.yaml:2\n"));
    EXPECT_THAT(
        text, testing::ContainsRegex("base_url: \"https://x/v1\" +# environment OPENAI_BASE_URL\n")
    );
    EXPECT_THAT(text, HasSubstr("  queue_size: 500\n"));
}

TEST(PrintedConfig, has_every_setting)
{
    const auto text = print_config(load(
        "auth: {keys: [{name: a, sha256: " + std::string(64, 'a') +
        "}]}\nproviders: {openai: {models: [{id: a}]}}"
    ));
    for (const auto& row : settings_table()) {
        const auto key = row.path.substr(row.path.find_last_of('.') + 1);
        EXPECT_THAT("\n" + text, testing::ContainsRegex("[ \n]" + key + ":")) << row.path;
    }
}

}  // namespace
}  // namespace sluice
