#include "tokens/model_tokenizer.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace sluice {
namespace {

constexpr auto o200k = EncodingKind::o200k_base;
constexpr auto cl100k = EncodingKind::cl100k_base;

struct Case {
    std::string_view model;
    std::string_view provider_type;
    EncodingKind kind;
    int percent;
    bool known;
};

TEST(ModelTokenizer, the_longest_prefix_of_the_name_decides_then_the_provider)
{
    for (const auto& [model, type, kind, percent, known] : std::vector<Case>{
             {"gpt-4", "openai", cl100k, 100, true},
             {"gpt-4-turbo", "openai", cl100k, 100, true},
             {"gpt-4o", "openai", o200k, 100, true},
             {"gpt-4o-mini-2024-07-18", "openai", o200k, 100, true},
             {"gpt-4.1-nano", "openai", o200k, 100, true},
             {"gpt-3.5-turbo", "openai", cl100k, 100, true},
             {"gpt-35-turbo", "azure", cl100k, 100, true},
             {"text-embedding-3-small", "openai", cl100k, 100, true},
             {"o1", "openai", o200k, 100, true},
             {"o3-pro", "openai", o200k, 100, true},
             {"o4-mini", "openai", o200k, 100, true},
             {"gpt-5", "openai", o200k, 100, true},
             {"gpt-5-mini", "openai", o200k, 100, true},
             {"gpt-5.2-pro", "openai", o200k, 100, true},
             {"gpt-5.4", "openai", o200k, 100, false},
             {"gpt-6-luna", "openai", o200k, 100, false},
             {"gpt-oss-120b", "openai_compatible", o200k, 100, true},
             {"chat-latest", "openai", o200k, 100, false},
             {"ft:gpt-4o-mini:acme::x1", "openai", o200k, 100, true},
             {"openai/gpt-4o", "openai_compatible", o200k, 100, true},
             {"anthropic/claude-opus-5", "openai_compatible", o200k, 120, false},
             {"claude-haiku-4-5", "anthropic", o200k, 120, false},
             {"mistral-large-latest", "mistral", o200k, 110, false},
             {"glm-5-2", "mistral", o200k, 110, false},
             {"gemini-3-pro", "gemini", o200k, 100, false},
             {"llama3.2", "openai_compatible", o200k, 130, false},
             {"", "", o200k, 130, false},
         }) {
        const auto tokenizer = tokenizer_of(model, type);
        EXPECT_EQ(tokenizer.kind, kind) << model;
        EXPECT_EQ(tokenizer.percent, percent) << model;
        EXPECT_EQ(tokenizer.known, known) << model;
    }
}

}  // namespace
}  // namespace sluice
