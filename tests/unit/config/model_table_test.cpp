#include "config/model_table.hpp"

#include <gtest/gtest.h>

#include <set>

namespace sluice {
namespace {

TEST(BuiltInModels, are_known_by_provider_and_id)
{
    const auto& table = ModelTable::built_in();
    const auto* model = table.find("openai", "gpt-5.4");
    ASSERT_NE(model, nullptr);
    EXPECT_EQ(model->mode, "chat");
    EXPECT_EQ(model->context_window, 1'050'000);
    EXPECT_EQ(model->max_output, 128'000);
    EXPECT_EQ(model->prices.input, 2.5);
    EXPECT_EQ(model->prices.cached, 0.25);
    EXPECT_EQ(model->prices.output, 15);
    EXPECT_EQ(model->tier_above, 272'000);
    EXPECT_EQ(model->tier_prices.output, 22.5);
    EXPECT_TRUE(model->reasoning);
    EXPECT_EQ(model->efforts, (std::vector<std::string>{"none", "low", "medium", "high", "xhigh"}));
    EXPECT_EQ(table.find("gpt-5.4"), model);
    EXPECT_EQ(table.find("mistral", "gpt-5.4"), nullptr);
    EXPECT_EQ(table.find("gpt-5"), table.find("openai", "gpt-5"));
    EXPECT_EQ(table.find("no-such-model"), nullptr);
}

TEST(BuiltInModels, of_every_provider_are_there_and_make_sense)
{
    const auto& table = ModelTable::built_in();
    for (const auto* provider : {"openai", "mistral", "anthropic", "gemini"}) {
        const auto models = table.of_provider(provider);
        EXPECT_GT(models.size(), 10u) << provider;
        std::set<std::string> ids;
        for (const auto* model : models) {
            EXPECT_TRUE(ids.insert(model->id).second) << model->id << " stands twice";
            EXPECT_EQ(model->provider, provider);
            EXPECT_FALSE(model->mode.empty()) << model->id;
            EXPECT_FALSE(model->description.empty()) << model->id;
            EXPECT_LE(model->prices.cached, model->prices.input) << model->id;
            EXPECT_LE(model->max_output, model->context_window) << model->id;
            if (model->mode == "chat") EXPECT_GT(model->context_window, 0) << model->id;
        }
    }
    EXPECT_TRUE(table.of_provider("nobody").empty());
}

TEST(BuiltInModels, descriptions_are_made_of_the_facts)
{
    const auto description = [](std::string_view provider, std::string_view id) {
        const auto* model = ModelTable::built_in().find(provider, id);
        return model ? model->description : "none";
    };
    EXPECT_EQ(
        description("openai", "gpt-4o"), "128k context, text and images, shuts down on 2027-01-14"
    );
    EXPECT_EQ(description("openai", "gpt-5.4"), "1.05M context, reasoning, text and images");
    EXPECT_EQ(description("mistral", "mistral-embed"), "embedding, 8k context");
}

TEST(BuiltInModels, retired_ones_are_found_but_not_listed)
{
    const auto& table = ModelTable::built_in();
    const auto* gone = table.find("openai", "gpt-4");
    ASSERT_NE(gone, nullptr);
    EXPECT_EQ(gone->mode, "retired");
    EXPECT_EQ(gone->shutdown_date, "2026-10-23");
    EXPECT_EQ(gone->description, "shut down on 2026-10-23");
    for (const auto* model : table.of_provider("openai")) EXPECT_NE(model->id, "gpt-4");
}

ModelInfo priced(Prices prices)
{
    ModelInfo model;
    model.prices = prices;
    return model;
}

TEST(Cost, counts_cached_and_written_tokens_at_their_own_rates)
{
    const auto model = priced({.input = 2, .cached = 0.5, .cache_write = 4, .output = 10});
    const Usage usage{
        .prompt = 1'000'000, .completion = 100'000, .cached = 400'000, .cache_write = 100'000
    };
    EXPECT_NEAR(
        cost_of(usage, model).value().total(), 0.5 * 2 + 0.4 * 0.5 + 0.1 * 4 + 0.1 * 10, 1e-12
    );
}

TEST(Cost, without_a_cache_rate_is_at_the_input_rate)
{
    const auto model = priced({.input = 2, .output = 10});
    const Usage usage{.prompt = 1'000'000, .cached = 400'000, .cache_write = 100'000};
    EXPECT_NEAR(cost_of(usage, model).value().total(), 2, 1e-12);
}

TEST(Cost, above_the_tier_the_whole_request_has_the_tier_rates)
{
    auto model = priced({.input = 1, .cached = 0.1, .output = 2});
    model.tier_above = 200'000;
    model.tier_prices = {.input = 3, .cached = 0.3, .output = 6};
    EXPECT_NEAR(cost_of({.prompt = 200'000}, model).value().total(), 0.2, 1e-12);
    EXPECT_NEAR(
        cost_of({.prompt = 200'001, .completion = 1'000'000}, model).value().total(), 6.600003, 1e-9
    );
}

TEST(Cost, tells_the_kinds_apart_and_sound_from_text)
{
    const auto model = priced({.input = 2, .output = 10, .audio_input = 32, .audio_output = 64});
    const Usage usage{
        .prompt = 1'000'000,
        .completion = 1'000'000,
        .reasoning = 300'000,
        .audio_in = 500'000,
        .audio_out = 100'000
    };
    const auto cost = cost_of(usage, model).value();
    EXPECT_NEAR(cost.input, 0.5 * 2 + 0.5 * 32, 1e-12);
    EXPECT_NEAR(cost.output, 0.6 * 10 + 0.1 * 64, 1e-12);
    EXPECT_NEAR(cost.reasoning, 0.3 * 10, 1e-12);
    EXPECT_NEAR(cost.total(), cost.input + cost.output + cost.reasoning, 1e-12);
}

TEST(Cost, without_prices_is_unknown)
{
    EXPECT_EQ(cost_of({.prompt = 1000}, ModelInfo{}), std::nullopt);
    EXPECT_TRUE(cost_of({.prompt = 1000}, priced({.input = 0.02})));
}

TEST(Cost, of_a_usage_that_contradicts_itself_is_not_negative)
{
    EXPECT_GE(cost_of({.prompt = 10, .cached = 20}, priced({.input = 2})).value().total(), 0);
}

}  // namespace
}  // namespace sluice
