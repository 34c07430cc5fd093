#include "tokens/token_counter.hpp"

#include "tokens/chat_tally.hpp"
#include "tokens/model_tokenizer.hpp"
#include "tokens/rank_file.hpp"

#include <utility>

namespace sluice {
namespace {

Result<std::shared_ptr<const Encoding>> load_from(const std::string& directory, EncodingKind kind)
{
    auto encoding = load_ranks(concat(directory, "/", rank_file_name(kind)), kind);
    if (!encoding) return std::unexpected(std::move(encoding).error());
    return std::make_shared<const Encoding>(*std::move(encoding));
}

std::int64_t scaled(std::int64_t tokens, int percent)
{
    return (tokens * percent + 99) / 100;
}

}  // namespace

TokenCounter::TokenCounter(
    std::shared_ptr<const Encoding> o200k, std::shared_ptr<const Encoding> cl100k
)
    : o200k_(std::move(o200k)), cl100k_(std::move(cl100k))
{
}

Result<TokenCounter> TokenCounter::load(const std::string& directory)
{
    if (directory.empty()) return TokenCounter();
    auto o200k = load_from(directory, EncodingKind::o200k_base);
    if (!o200k) return std::unexpected(std::move(o200k).error());
    auto cl100k = load_from(directory, EncodingKind::cl100k_base);
    if (!cl100k) return std::unexpected(std::move(cl100k).error());
    return TokenCounter(*std::move(o200k), *std::move(cl100k));
}

/// What tally makes of the measure for this model, scaled for it.
TokenCount TokenCounter::counted(std::string_view model, std::string_view provider_type, auto tally)
    const
{
    const auto [kind, percent, known] = tokenizer_of(model, provider_type);
    const auto* encoding = kind == EncodingKind::o200k_base ? o200k_.get() : cl100k_.get();
    const ChatTally result = tally(TextMeasure(kind, encoding));
    return {scaled(result.tokens, percent), encoding && known && result.text_only};
}

TokenCount TokenCounter::count(
    std::string_view model, std::string_view provider_type, std::string_view text
) const
{
    return counted(model, provider_type, [&](const TextMeasure& measure) {
        return ChatTally{.tokens = measure.tokens(text)};
    });
}

TokenCount TokenCounter::count_chat(
    std::string_view model, std::string_view provider_type, const json::Document& chat
) const
{
    return counted(model, provider_type, [&](const TextMeasure& measure) {
        return tally_chat(measure, chat);
    });
}

TokenCount TokenCounter::count_message(
    std::string_view model, std::string_view provider_type, std::string_view message
) const
{
    return counted(model, provider_type, [&](const TextMeasure& measure) {
        return tally_message(measure, message);
    });
}

}  // namespace sluice
