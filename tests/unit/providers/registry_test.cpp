#include "providers/registry.hpp"

#include <gtest/gtest.h>

#include <set>

namespace sluice {
namespace {

TEST(Registry, every_type_is_found_by_its_name_and_has_a_translator_of_its_own)
{
    std::set<const Translator*> translators;
    for (const auto& entry : providers()) {
        EXPECT_EQ(find_provider(entry.type), &entry);
        EXPECT_NE(entry.translator, nullptr) << entry.type;
        translators.insert(entry.translator);
    }
    EXPECT_EQ(providers().size(), 7u);
    EXPECT_EQ(find_provider("nobody"), nullptr);
    // A server of unknown make and the mock speak the plain dialect.
    EXPECT_EQ(translators.size(), 6u);
}

TEST(Registry, built_in_providers_need_nothing_but_a_key)
{
    const auto* openai = find_provider("openai");
    EXPECT_EQ(openai->base_url, "https://api.openai.com/v1");
    EXPECT_EQ(openai->default_model, "gpt-6-luna");
    EXPECT_EQ(openai->default_embedding_model, "text-embedding-3-small");
    EXPECT_TRUE(openai->dialect.max_completion_tokens);
    EXPECT_FALSE(openai->dialect.extra_fields);

    const auto* mistral = find_provider("mistral");
    EXPECT_EQ(mistral->base_url, "https://api.mistral.ai/v1");
    EXPECT_EQ(mistral->default_model, "mistral-small-latest");
    EXPECT_EQ(mistral->default_embedding_model, "mistral-embed");

    const auto* anthropic = find_provider("anthropic");
    EXPECT_EQ(anthropic->base_url, "https://api.anthropic.com/v1");
    EXPECT_EQ(anthropic->default_model, "claude-haiku-4-5");
    EXPECT_EQ(anthropic->default_embedding_model, "");

    const auto* gemini = find_provider("gemini");
    EXPECT_EQ(gemini->base_url, "https://generativelanguage.googleapis.com/v1beta");
    EXPECT_EQ(gemini->default_model, "gemini-3.5-flash-lite");
    EXPECT_EQ(gemini->default_embedding_model, "gemini-embedding-001");
}

TEST(Registry, a_compatible_server_has_to_be_configured)
{
    const auto* compatible = find_provider("openai_compatible");
    EXPECT_EQ(compatible->base_url, "");
    EXPECT_EQ(compatible->default_model, "");
    EXPECT_TRUE(compatible->dialect.require_key);
}

TEST(Registry, the_mock_works_without_a_key)
{
    const auto* mock = find_provider("mock");
    EXPECT_EQ(mock->default_model, "echo");
    EXPECT_EQ(mock->default_embedding_model, "embed");
    EXPECT_FALSE(mock->dialect.require_key);
}

}  // namespace
}  // namespace sluice
