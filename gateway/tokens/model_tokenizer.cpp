#include "tokens/model_tokenizer.hpp"

#include <algorithm>
#include <array>

namespace sluice {
namespace {

constexpr ModelTokenizer o200k{EncodingKind::o200k_base, 100, true};
constexpr ModelTokenizer cl100k{EncodingKind::cl100k_base, 100, true};

/// An encoding that is not published, taken to be near o200k_base. The percentages are rules of
/// thumb that no provider has confirmed.
constexpr ModelTokenizer near_o200k(int percent)
{
    return {EncodingKind::o200k_base, percent, false};
}
constexpr auto newer_openai = near_o200k(100);  // nothing newer than o200k_base was published
constexpr auto gemini = near_o200k(100);
constexpr auto mistral = near_o200k(110);
constexpr auto claude = near_o200k(120);
constexpr auto stranger = near_o200k(130);  // smaller vocabularies among them

struct Entry {
    std::string_view name;
    ModelTokenizer tokenizer;
};

constexpr std::array model_prefixes{
    Entry{"gpt-", newer_openai}, Entry{"gpt-3.5", cl100k},    Entry{"gpt-35", cl100k},
    Entry{"gpt-4", cl100k},      Entry{"gpt-4o", o200k},      Entry{"gpt-4.1", o200k},
    Entry{"gpt-4.5", o200k},     Entry{"gpt-5", o200k},       Entry{"gpt-5.", newer_openai},
    Entry{"gpt-5.1", o200k},     Entry{"gpt-5.2", o200k},     Entry{"gpt-5.3", o200k},
    Entry{"gpt-oss", o200k},     Entry{"chatgpt-4o", o200k},  Entry{"o1", o200k},
    Entry{"o3", o200k},          Entry{"o4", o200k},          Entry{"text-embedding-", cl100k},
    Entry{"claude", claude},     Entry{"gemini", gemini},     Entry{"mistral", mistral},
    Entry{"mixtral", mistral},   Entry{"ministral", mistral}, Entry{"magistral", mistral},
    Entry{"codestral", mistral}, Entry{"devstral", mistral},  Entry{"pixtral", mistral},
    Entry{"voxtral", mistral},
};

constexpr std::array provider_types{
    Entry{"openai", newer_openai},
    Entry{"azure", newer_openai},
    Entry{"mock", newer_openai},
    Entry{"gemini", gemini},
    Entry{"mistral", mistral},
    Entry{"anthropic", claude},
};

}  // namespace

ModelTokenizer tokenizer_of(std::string_view model, std::string_view provider_type)
{
    model.remove_prefix(model.rfind('/') + 1);
    if (model.starts_with("ft:")) model.remove_prefix(3);
    const Entry* longest = nullptr;
    for (const auto& entry : model_prefixes)
        if (model.starts_with(entry.name) && (!longest || entry.name.size() > longest->name.size()))
            longest = &entry;
    if (longest) return longest->tokenizer;
    const auto type = std::ranges::find(provider_types, provider_type, &Entry::name);
    return type == provider_types.end() ? stranger : type->tokenizer;
}

}  // namespace sluice
