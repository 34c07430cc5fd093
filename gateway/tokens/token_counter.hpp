#pragma once

#include "core/json.hpp"
#include "tokens/encoding.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace sluice {

struct TokenCount {
    std::int64_t tokens = 0;
    bool exact = false;  ///< false: an estimate, on the high side
};

/// How many tokens is this text, this chat? Counts by the model's own encoding where that is known
/// and loaded; by another one times a factor, or by an estimate, elsewhere. One instance serves
/// every worker. Counting takes 50 ns a byte of ordinary text, and up to 400 of text made to take
/// long: whoever counts megabytes on a worker stalls it.
class TokenCounter {
public:
    TokenCounter() = default;  ///< estimates only
    /// Either may be null.
    TokenCounter(std::shared_ptr<const Encoding> o200k, std::shared_ptr<const Encoding> cl100k);
    /// With the rank files of a directory, both of which must be there; "": estimates only.
    static Result<TokenCounter> load(const std::string& directory);

    TokenCount count(std::string_view model, std::string_view provider_type, std::string_view text)
        const;
    /// A request of OpenAI's chat completions, the start of the reply included.
    TokenCount count_chat(
        std::string_view model, std::string_view provider_type, const json::Document& chat
    ) const;
    /// One of its messages, as valid JSON text: what the chat grows by with it.
    TokenCount count_message(
        std::string_view model, std::string_view provider_type, std::string_view message
    ) const;

private:
    std::shared_ptr<const Encoding> o200k_;
    std::shared_ptr<const Encoding> cl100k_;

    TokenCount counted(std::string_view model, std::string_view provider_type, auto tally) const;
};

}  // namespace sluice
