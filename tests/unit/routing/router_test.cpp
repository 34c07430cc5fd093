#include "routing/router.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace sluice {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr TimePoint now{1000h};

ModelInfo model(std::string id, std::string provider, std::int64_t window, Prices prices = {})
{
    ModelInfo info;
    info.id = std::move(id);
    info.provider = std::move(provider);
    info.mode = info.id.contains("embed") ? "embedding" : "chat";
    info.context_window = window;
    info.prices = prices;
    return info;
}

ProviderConfig provider(std::string name, std::string type, std::string key)
{
    ProviderConfig config;
    config.name = std::move(name);
    config.type = std::move(type);
    config.api_key = std::move(key);
    config.breaker.min_requests = 1;
    return config;
}

class RouterTest : public testing::Test {
protected:
    Metrics metrics;
    Targets targets{metrics};
    ModelTable table{
        {model("gpt-6-luna", "openai", 1'000'000, {.input = 1, .cached = 0.1, .output = 4}),
         model("gpt-4o", "openai", 128'000),
         model("text-embedding-3-small", "openai", 8'192),
         model("mistral-small-latest", "mistral", 32'000, {.input = 0.1, .output = 0.3}),
         model("mistral-large-latest", "mistral", 128'000),
         model("mistral-embed", "mistral", 8'192)}
    };
    Config config;
    std::optional<Router> built;

    void SetUp() override
    {
        config.providers = {
            provider("openai", "openai", "key"), provider("mistral", "mistral", "key")
        };
        add_route("auto", {{"openai", "", 1}, {"mistral", "", 1}});
    }
    RouteConfig& add_route(std::string name, std::vector<TargetConfig> route_targets)
    {
        auto& route = config.routes.emplace_back();
        route.name = std::move(name);
        route.targets = std::move(route_targets);
        return route;
    }
    const Router& router()
    {
        if (!built) built.emplace(config, targets, table);
        return *built;
    }
    Result<Plan> plan(
        std::string_view name,
        std::string_view asked = {},
        Operation operation = Operation::chat,
        bool own_key = false
    )
    {
        return router().plan(name, asked, operation, now, 0, own_key);
    }
    /// "provider/model" of each candidate.
    std::vector<std::string> order_of(const Result<Plan>& planned)
    {
        std::vector<std::string> names;
        EXPECT_TRUE(planned) << planned.error().message;
        if (!planned) return names;
        for (const auto& each : planned->candidates)
            names.push_back(concat(each.provider->config->name, "/", each.model));
        return names;
    }
    Error error_of(const Result<Plan>& planned)
    {
        EXPECT_FALSE(planned);
        return planned ? Error{} : planned.error();
    }
    void trip(const std::string& name, const std::string& id)
    {
        for (auto* target : router().targets())
            if (target->provider == name && target->model == id)
                target->breaker.record(
                    *target->breaker.admit(now), CircuitBreaker::Outcome::failure, now, 0
                );
    }
};

TEST_F(RouterTest, a_provider_is_one_candidate_with_its_default_model)
{
    EXPECT_THAT(order_of(plan("openai")), ElementsAre("openai/gpt-6-luna"));
    EXPECT_THAT(
        order_of(plan("openai", {}, Operation::embeddings)),
        ElementsAre("openai/text-embedding-3-small")
    );
}

TEST_F(RouterTest, a_provider_takes_any_model)
{
    EXPECT_THAT(order_of(plan("openai", "made-up/model")), ElementsAre("openai/made-up/model"));
    const std::string longest(256, 'm');
    EXPECT_THAT(order_of(plan("openai", longest)), ElementsAre("openai/" + longest));
    for (const auto* name : {"openai", "auto", ""}) {
        const auto refused = plan(name, longest + "m");
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().kind, ErrorKind::invalid_request);
        EXPECT_EQ(refused.error().param, "model");
    }
}

TEST_F(RouterTest, the_default_model_is_the_providers_then_the_global_then_the_types)
{
    EXPECT_EQ(router().provider("mistral")->default_model, "mistral-small-latest");
    built.reset();
    config.default_model = "global";
    config.providers[0].default_model = "own";
    EXPECT_EQ(router().provider("openai")->default_model, "own");
    EXPECT_EQ(router().provider("mistral")->default_model, "global");
}

TEST_F(RouterTest, defaults_become_json_text)
{
    config.default_max_tokens = 1024;
    config.default_temperature = 0.7;
    config.providers[1].default_max_tokens = 5;
    EXPECT_EQ(router().provider("openai")->default_max_tokens, "1024");
    EXPECT_EQ(router().provider("openai")->default_temperature, "0.7");
    EXPECT_EQ(router().provider("mistral")->default_max_tokens, "5");
    built.reset();
    config.default_max_tokens.reset();
    EXPECT_EQ(router().provider("openai")->default_max_tokens, "");
}

TEST_F(RouterTest, an_unknown_name_is_told_which_there_are)
{
    const auto error = error_of(plan("nobody"));
    EXPECT_EQ(error.kind, ErrorKind::unknown_provider);
    EXPECT_THAT(error.message, AllOf(HasSubstr("openai, mistral"), HasSubstr("auto")));
}

TEST_F(RouterTest, a_provider_without_a_key_is_not_configured)
{
    config.providers[0].api_key = "";
    EXPECT_EQ(error_of(plan("openai")).kind, ErrorKind::not_configured);
    EXPECT_THAT(order_of(plan("auto")), ElementsAre("mistral/mistral-small-latest"));
    EXPECT_TRUE(router().any_usable());
}

TEST_F(RouterTest, a_route_without_any_key_is_not_configured)
{
    for (auto& each : config.providers) each.api_key = "";
    EXPECT_EQ(error_of(plan("auto")).kind, ErrorKind::not_configured);
    EXPECT_EQ(error_of(plan("auto", "gpt-4o")).kind, ErrorKind::not_configured);
    EXPECT_FALSE(router().any_usable());
}

TEST_F(RouterTest, loopback_and_the_mock_need_no_key)
{
    config.providers[0].api_key = "";
    config.providers[0].base_url = "http://localhost:9/v1";
    config.providers.push_back(provider("mock", "mock", ""));
    config.providers.back().base_url = "http://10.0.0.1/v1";
    EXPECT_TRUE(router().provider("openai")->usable);
    EXPECT_TRUE(router().provider("mock")->usable);
}

TEST_F(RouterTest, the_callers_own_key_makes_any_provider_usable)
{
    config.providers[0].api_key = "";
    EXPECT_THAT(
        order_of(plan("openai", {}, Operation::chat, true)), ElementsAre("openai/gpt-6-luna")
    );
    EXPECT_THAT(
        order_of(plan("auto", {}, Operation::chat, true)),
        ElementsAre("openai/gpt-6-luna", "mistral/mistral-small-latest")
    );
}

TEST_F(RouterTest, who_gets_the_callers_own_key_does_not_depend_on_live_state)
{
    config.routes[0].strategy = Strategy::weighted;
    trip("openai", "gpt-6-luna");
    for (const double random : {0.0, 0.5, 0.99}) {
        const auto planned = router().plan("auto", {}, Operation::chat, now, random, true);
        EXPECT_EQ(planned->candidates[0].provider->config->name, "openai");
    }
}

TEST_F(RouterTest, a_provider_without_a_default_asks_for_a_model)
{
    config.providers.push_back(provider("local", "openai_compatible", "key"));
    config.providers.back().base_url = "http://localhost:9/v1";
    const auto error = error_of(plan("local"));
    EXPECT_EQ(error.kind, ErrorKind::invalid_request);
    EXPECT_EQ(error.param, "model");
    EXPECT_THAT(order_of(plan("local", "llama")), ElementsAre("local/llama"));
}

TEST_F(RouterTest, a_route_gives_its_targets_and_its_rules)
{
    auto& route = add_route("fast", {{"mistral", "mistral-large-latest", 1}, {"openai", "", 1}});
    route.fall_back_on_filter = true;
    route.on_disconnect = OnDisconnect::drain;
    const auto planned = plan("fast");
    EXPECT_THAT(
        order_of(planned), ElementsAre("mistral/mistral-large-latest", "openai/gpt-6-luna")
    );
    EXPECT_TRUE(planned->fall_back_on_filter);
    EXPECT_EQ(planned->on_disconnect, OnDisconnect::drain);
}

TEST_F(RouterTest, the_targets_of_a_route_are_those_that_a_chat_may_go_to)
{
    config.providers.push_back(provider("keyless", "openai", ""));
    auto& route = add_route("fast", {{"mistral", "", 1}, {"keyless", "", 1}, {"openai", "", 1}});
    const auto models = [&] {
        std::vector<std::string> found;
        for (const auto* target : router().targets_of(route))
            found.push_back(target->provider + "/" + target->model);
        return found;
    };
    EXPECT_THAT(models(), ElementsAre("mistral/mistral-small-latest", "openai/gpt-6-luna"));
}

TEST_F(RouterTest, the_name_of_a_route_may_stand_for_the_model)
{
    add_route("big", {{"mistral", "mistral-large-latest", 1}});
    EXPECT_THAT(order_of(plan("auto", "big")), ElementsAre("mistral/mistral-large-latest"));
}

TEST_F(RouterTest, a_route_goes_before_a_model_of_its_name)
{
    add_route("gpt-6-luna", {{"mistral", "mistral-large-latest", 1}});
    EXPECT_THAT(order_of(plan("", "gpt-6-luna")), ElementsAre("mistral/mistral-large-latest"));
    EXPECT_THAT(order_of(plan("", "openai/gpt-6-luna")), ElementsAre("openai/gpt-6-luna"));
}

TEST_F(RouterTest, the_target_that_serves_the_asked_model_goes_first)
{
    const std::vector<std::string> mistral_first{
        "mistral/mistral-small-latest", "openai/gpt-6-luna"
    };
    EXPECT_EQ(order_of(plan("auto", "mistral-small-latest")), mistral_first);
    EXPECT_EQ(order_of(plan("auto", "mistral/mistral-small-latest")), mistral_first);
}

TEST_F(RouterTest, a_model_outside_the_route_goes_to_the_provider_known_for_it)
{
    EXPECT_THAT(
        order_of(plan("auto", "mistral-large-latest")),
        ElementsAre(
            "mistral/mistral-large-latest", "openai/gpt-6-luna", "mistral/mistral-small-latest"
        )
    );
    EXPECT_THAT(order_of(plan("auto", "mistral/brand-new"))[0], "mistral/brand-new");
    built.reset();
    config.providers[1].models.emplace_back().id = "own-finetune";
    EXPECT_THAT(order_of(plan("auto", "own-finetune"))[0], "mistral/own-finetune");
}

TEST_F(RouterTest, a_model_that_nobody_knows_is_invalid)
{
    for (const auto* asked : {"unheard-of", "nobody/model", "openai/", "/"}) {
        const auto error = error_of(plan("auto", asked));
        EXPECT_EQ(error.kind, ErrorKind::invalid_request) << asked;
        EXPECT_EQ(error.param, "model") << asked;
    }
}

TEST_F(RouterTest, a_provider_with_a_key_is_preferred_for_a_model_that_two_know)
{
    config.providers.insert(config.providers.begin(), provider("openai2", "openai", ""));
    EXPECT_THAT(order_of(plan("auto", "gpt-4o"))[0], "openai/gpt-4o");
}

TEST_F(RouterTest, resting_targets_go_last_even_when_asked_for)
{
    trip("openai", "gpt-6-luna");
    const std::vector<std::string> mistral_first{
        "mistral/mistral-small-latest", "openai/gpt-6-luna"
    };
    EXPECT_EQ(order_of(plan("auto")), mistral_first);
    EXPECT_EQ(order_of(plan("auto", "gpt-6-luna")), mistral_first);
    targets.key("mistral").cooldown.start(now + 1s, ErrorKind::credential_refused);
    EXPECT_THAT(order_of(plan("auto"))[0], "openai/gpt-6-luna") << "all rest: the file's order";
}

TEST_F(RouterTest, a_weighted_route_draws_by_weight)
{
    config.routes[0].strategy = Strategy::weighted;
    config.routes[0].targets[1].weight = 3;
    const auto first = [&](double random) {
        return router()
            .plan("auto", {}, Operation::chat, now, random)
            ->candidates[0]
            .provider->config->name;
    };
    EXPECT_EQ(first(0.24), "openai");
    EXPECT_EQ(first(0.26), "mistral");
}

TEST_F(RouterTest, least_latency_prefers_the_fastest)
{
    config.routes[0].strategy = Strategy::least_latency;
    for (auto* target : router().targets())
        target->record_latency(target->provider == "openai" ? 2 : 1);
    EXPECT_THAT(order_of(plan("auto"))[0], "mistral/mistral-small-latest");
}

TEST_F(RouterTest, embeddings_use_the_providers_embedding_models)
{
    add_route("chat", {{"mistral", "mistral-large-latest", 1}});
    add_route("vectors", {{"mistral", "mistral-embed", 1}});
    for (const auto* name : {"chat", "vectors"})
        EXPECT_THAT(
            order_of(plan(name, {}, Operation::embeddings)), ElementsAre("mistral/mistral-embed")
        ) << name;
}

TEST_F(RouterTest, embeddings_never_fall_back_to_another_models_vectors)
{
    EXPECT_THAT(
        order_of(plan("auto", {}, Operation::embeddings)),
        ElementsAre("openai/text-embedding-3-small")
    );
    trip("openai", "text-embedding-3-small");
    EXPECT_THAT(
        order_of(plan("auto", {}, Operation::embeddings)),
        ElementsAre("openai/text-embedding-3-small")
    );
    EXPECT_THAT(
        order_of(plan("auto", "mistral-embed", Operation::embeddings)),
        ElementsAre("mistral/mistral-embed")
    );
    built.reset();
    config.providers.push_back(provider("openai2", "openai", "key"));
    config.routes[0].targets.push_back({"openai2", "", 1});
    EXPECT_THAT(
        order_of(plan("auto", {}, Operation::embeddings)),
        ElementsAre("openai2/text-embedding-3-small", "openai/text-embedding-3-small")
    );
}

TEST_F(RouterTest, candidates_know_window_and_unsupported_fields)
{
    auto& own = config.providers[0].models.emplace_back();
    own.id = "gpt-4o";
    own.context_window = 1000;
    own.unsupported = {"seed"};
    EXPECT_EQ(plan("openai")->candidates[0].context_window, 1'000'000);
    const auto candidate = plan("openai", "gpt-4o")->candidates[0];
    EXPECT_EQ(candidate.context_window, 1000);
    EXPECT_THAT(candidate.unsupported, ElementsAre("seed"));
    EXPECT_EQ(plan("openai", "made-up")->candidates[0].context_window, 0);
}

TEST_F(RouterTest, named_and_known_models_have_their_own_targets_and_the_rest_share_one)
{
    config.providers[0].models.emplace_back().id = "own-finetune";
    const auto target = [&](std::string_view id) {
        return plan("openai", id)->candidates[0].target;
    };
    EXPECT_EQ(target("gpt-6-luna")->model, "gpt-6-luna");
    EXPECT_EQ(target("own-finetune")->model, "own-finetune");
    EXPECT_EQ(target("gpt-4o")->model, "gpt-4o");
    EXPECT_EQ(target("made-up-1")->model, "other");
    EXPECT_EQ(target("made-up-1"), target("made-up-2"));
    std::vector<std::string> named;
    for (const auto* each : router().targets()) named.push_back(each->provider + "/" + each->model);
    EXPECT_THAT(
        named,
        UnorderedElementsAre(
            "openai/gpt-6-luna",
            "openai/text-embedding-3-small",
            "openai/own-finetune",
            "mistral/mistral-small-latest",
            "mistral/mistral-embed"
        )
    );
}

TEST_F(RouterTest, a_model_that_is_shut_down_is_still_known)
{
    auto gone = model("gpt-4", "openai", 8'192);
    gone.mode = "retired";
    gone.shutdown_date = "2026-01-01";
    table = ModelTable({gone});
    config.providers[0].default_model = "gpt-4o";
    for (const auto& planned : {plan("openai", "gpt-4"), plan({}, "gpt-4")}) {
        ASSERT_TRUE(planned) << planned.error().message;
        const auto& candidate = planned->candidates[0];
        ASSERT_NE(candidate.known, nullptr);
        EXPECT_EQ(candidate.known->shutdown_date, "2026-01-01");
        EXPECT_EQ(candidate.target->model, "gpt-4");
    }
}

TEST_F(RouterTest, a_reload_finds_the_same_targets)
{
    const auto* before = plan("openai")->candidates[0].target;
    const Router reloaded(config, targets, table);
    EXPECT_EQ(reloaded.plan("openai", {}, Operation::chat, now, 0)->candidates[0].target, before);
}

TEST_F(RouterTest, price_is_the_configurations_else_the_tables)
{
    const Usage usage{.prompt = 1'000'000, .completion = 1'000'000, .total = 2'000'000};
    const auto price_of = [&](std::string_view id) {
        const auto cost = price(plan("openai", id)->candidates[0], usage);
        return cost ? std::optional(cost->total()) : std::nullopt;
    };
    EXPECT_DOUBLE_EQ(price_of("gpt-6-luna").value(), 5);
    EXPECT_EQ(price_of("gpt-4o"), std::nullopt);
    EXPECT_EQ(price_of("made-up"), std::nullopt);

    built.reset();
    auto& luna = config.providers[0].models.emplace_back();
    luna.id = "gpt-6-luna";
    luna.output_price = 10;
    auto& own = config.providers[0].models.emplace_back();
    own.id = "own-finetune";
    own.input_price = 2;
    own.output_price = 3;
    EXPECT_DOUBLE_EQ(price_of("gpt-6-luna").value(), 11);
    EXPECT_DOUBLE_EQ(price_of("own-finetune").value(), 5);
}

}  // namespace
}  // namespace sluice
