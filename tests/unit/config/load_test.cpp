#include "unit/config/loading.hpp"

#include <gmock/gmock.h>

namespace sluice {
namespace {

using test::errors;
using test::load;
using test::sources;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(File, sets_what_it_names_and_leaves_the_rest)
{
    const auto loaded = load(R"(
server: {listen: ["[::1]:9000", "localhost:9001"], workers: 3, max_body: 1MiB, drain_delay: 0s}
log: {level: debug}
environment: staging
defaults: {model: gpt-6-luna, max_tokens: 1024, temperature: 0.7}
providers:
  mine:
    type: openai_compatible
    base_url: https://llm.example/v1
    api_key: "k"
    headers: {x-team: search}
    dialect: {unsupported: [seed, user], require_key: false}
    timeouts: {connect: 1s}
    models:
      - {id: big, context_window: 8000, input_price: 0.5, unsupported: [temperature]}
  mistral:
routes:
  smart:
    strategy: weighted
    targets: [mine/org/model, mistral, {provider: mistral, model: large, weight: 0.5}]
    on_disconnect: drain
)");
    const auto& config = loaded.config;
    EXPECT_THAT(config.server.listen, ElementsAre("[::1]:9000", "localhost:9001"));
    EXPECT_EQ(config.server.workers, 3);
    EXPECT_EQ(config.server.max_body, 1u << 20);
    EXPECT_EQ(config.server.drain_delay, 0ms);
    EXPECT_EQ(config.server.max_connections, ServerConfig{}.max_connections);
    EXPECT_EQ(config.log.level, "debug");
    EXPECT_EQ(config.environment, "staging");
    EXPECT_EQ(config.default_model, "gpt-6-luna");
    EXPECT_EQ(config.default_max_tokens, 1024);
    EXPECT_EQ(config.default_temperature, 0.7);

    ASSERT_EQ(config.providers.size(), 2u);
    const auto& mine = config.providers[0];
    EXPECT_EQ(mine.name, "mine");
    EXPECT_EQ(mine.headers.at(0).name, "x-team");
    EXPECT_EQ(mine.headers.at(0).value, "search");
    EXPECT_THAT(mine.dialect.unsupported, ElementsAre("seed", "user"));
    EXPECT_FALSE(mine.dialect.require_key);
    EXPECT_EQ(mine.timeouts.connect, 1s);
    EXPECT_EQ(mine.timeouts.total, TimeoutConfig{}.total);
    ASSERT_EQ(mine.models.size(), 1u);
    EXPECT_EQ(mine.models[0].context_window, 8000);
    EXPECT_EQ(mine.models[0].output_price, std::nullopt);
    EXPECT_EQ(config.providers[1].type, "mistral");

    const auto& route = config.routes.at(0);
    EXPECT_EQ(route.strategy, Strategy::weighted);
    EXPECT_EQ(route.on_disconnect, OnDisconnect::drain);
    ASSERT_EQ(route.targets.size(), 3u);
    EXPECT_EQ(route.targets[0].provider, "mine");
    EXPECT_EQ(route.targets[0].model, "org/model");
    EXPECT_EQ(route.targets[1].model, "");
    EXPECT_EQ(route.targets[2].weight, 0.5);
}

TEST(File, sections_whose_settings_are_all_commented_out_leave_the_defaults)
{
    const auto loaded =
        load("server:\nauth: {keys: }\ndefaults: {max_tokens: null}\nproviders:\nroutes:\n");
    EXPECT_EQ(loaded.config.providers.size(), 4u);
    EXPECT_EQ(loaded.config.default_max_tokens, std::nullopt);
}

TEST(File, every_mistake_is_told_at_once_with_its_place)
{
    EXPECT_THAT(
        errors(R"(serverr: {}
server:
  lisen: []
  workers: "3"
  workers: 4
  header_timeout: 5
  queue_size: 010
log: [debug]
environment:
providers:
  openai: {default_temperature: 3, timeout: 1s}
)"),
        ElementsAre(
            "sluice.yaml:1:1: serverr: no such setting (did you mean \"server\"?)",
            "sluice.yaml:3:3: server.lisen: no such setting (did you mean \"listen\"?)",
            "sluice.yaml:4:12: server.workers: must be a whole number; leave the quotes out",
            "sluice.yaml:5:3: server: \"workers\" stands here twice (first in line 4)",
            "sluice.yaml:6:19: server.header_timeout: must be a duration with its unit, such as "
            "250ms, 2s, 5m or "
            "1h (a bare number has none)",
            "sluice.yaml:7:15: server.queue_size: must be written without leading zeros (they "
            "would mean octal to "
            "others)",
            "sluice.yaml:8:6: log: must be a map, not a list",
            "sluice.yaml:9:1: environment: has no value; write \"\" for an empty one, or leave the "
            "line out",
            "sluice.yaml:11:33: providers.openai.default_temperature: must be 0 to 2",
            "sluice.yaml:11:36: providers.openai.timeout: no such setting (did you mean "
            "\"timeouts\"?)"
        )
    );
}

TEST(File, that_is_no_yaml_or_no_map_gives_one_error)
{
    EXPECT_THAT(errors("a: [1"), ElementsAre(HasSubstr("sluice.yaml:1:")));
    EXPECT_THAT(errors("- a"), ElementsAre("sluice.yaml:1:1: must be a map, not a list"));
    EXPECT_THAT(errors("hello"), ElementsAre("sluice.yaml:1:1: must be a map, not a single value"));
}

TEST(File, quoted_true_is_no_bool)
{
    EXPECT_THAT(
        errors("auth: {protect_metrics: \"true\"}"),
        ElementsAre(HasSubstr("auth.protect_metrics: must be true or false"))
    );
}

TEST(File, variables_are_replaced_in_values_and_count_as_unquoted)
{
    const auto from = sources({{"WORKERS", "5"}, {"ORIGIN", "https://app.example"}});
    const auto loaded =
        load("server: {workers: \"${WORKERS}\"}\ncors:\n  origins: [\"${ORIGIN}\"]\n", from);
    EXPECT_EQ(loaded.config.server.workers, 5);
    EXPECT_THAT(loaded.config.cors.origins, ElementsAre("https://app.example"));
    EXPECT_THAT(
        errors("providers:\n  openai:\n    api_key: ${NONE}\n"),
        ElementsAre(
            HasSubstr("sluice.yaml:3:14: providers.openai.api_key: the variable NONE is not set")
        )
    );
}

TEST(File, a_variable_cannot_change_the_structure)
{
    const auto from = sources({{"X", "a\nserver: {workers: 7}"}});
    const auto loaded = load("environment: ${X}", from);
    EXPECT_EQ(loaded.config.environment, "a\nserver: {workers: 7}");
    EXPECT_EQ(loaded.config.server.workers, 0);
}

TEST(File, a_value_may_be_shared_by_an_alias)
{
    const auto loaded = load(R"(
providers:
  openai: {retry: &patient {max_attempts: 7}}
  mistral: {retry: *patient}
)");
    EXPECT_EQ(test::provider(loaded, "mistral").retry.max_attempts, 7);
}

TEST(File, that_cannot_be_read_is_named)
{
    auto from = sources();
    from.file = "/no/such/sluice.yaml";
    const auto loaded = load_config(from);
    ASSERT_FALSE(loaded);
    EXPECT_THAT(
        loaded.error(),
        ElementsAre("/no/such/sluice.yaml: cannot be read: No such file or directory")
    );
}

TEST(File, is_read_from_disk_under_its_own_name)
{
    const test::TemporaryDirectory directory;
    auto from = sources();
    from.file = directory.file("mine.yaml", "server: {workers: 2}\n");
    const auto loaded = load_config(from);
    ASSERT_TRUE(loaded);
    EXPECT_EQ(loaded->config.server.workers, 2);
    EXPECT_EQ(loaded->origins.at("server.workers"), *from.file + ":1");
}

TEST(CommandLine, wins_over_everything)
{
    auto from = sources({{"SLUICE_LISTEN", "127.0.0.1:1"}});
    from.listen = {"127.0.0.1:2", "[::1]:3"};
    from.log_level = "warn";
    from.workers = 9;
    const auto loaded =
        load("server: {listen: [\"127.0.0.1:4\"], workers: 1}\nlog: {level: debug}", from);
    EXPECT_THAT(loaded.config.server.listen, ElementsAre("127.0.0.1:2", "[::1]:3"));
    EXPECT_EQ(loaded.config.log.level, "warn");
    EXPECT_EQ(loaded.config.server.workers, 9);
    EXPECT_EQ(loaded.origins.at("server.listen"), "command line --listen");
}

TEST(CommandLine, mistakes_name_the_flag)
{
    auto from = sources();
    from.log_level = "loud";
    from.listen = {"0.0.0.0:8006"};
    EXPECT_THAT(
        errors("", from),
        ElementsAre(
            HasSubstr("command line --listen: 0.0.0.0:8006 can be reached from other machines"),
            "command line --log-level: must be one of debug, info, warn, error"
        )
    );
}

TEST(Origins, say_where_each_value_came_from)
{
    const auto loaded = load(
        "\nproviders:\n  openai:\n    api_key: a\n    default_model: m\n",
        sources({{"OPENAI_API_KEY", "b"}})
    );
    EXPECT_EQ(loaded.origins.at("providers.openai.api_key"), "environment OPENAI_API_KEY");
    EXPECT_EQ(loaded.origins.at("providers.openai.default_model"), "sluice.yaml:5");
    EXPECT_FALSE(loaded.origins.contains("providers.openai.base_url"));
}

}  // namespace
}  // namespace sluice
