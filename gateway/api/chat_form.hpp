#pragma once

#include "core/chat.hpp"
#include "core/error.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sluice {

/// What the gateway knows of an answer beside what the provider said. What it refers to outlives
/// the form.
struct AnswerFacts {
    std::string_view request_id{};
    std::string_view provider{};
    std::string_view model{};          ///< that was asked; stands in where the provider names none
    std::int64_t created = 0;          ///< seconds since 1970; likewise
    std::optional<double> cost_usd{};  ///< nullopt: the price is not known (yet)
    std::span<const std::string> warnings{};
};

/// How one surface words the answer to one chat: either whole(), or begin(), append() for each
/// delta, and finish() or fail().
class ChatForm {
public:
    virtual ~ChatForm() = default;

    /// The body of an answer in one piece; its usage is there, if only estimated.
    virtual std::string whole(ChatResponse&& response, const AnswerFacts& facts) = 0;

    /// Events that open a stream are appended to out, as below.
    virtual void begin(std::string& out, AnswerFacts facts) = 0;
    /// The events of one delta, none where it has nothing to show. A form may hold back what can
    /// only be worded once more is known; usage in the delta is not looked at.
    virtual void append(std::string& out, const ChatDelta& delta) = 0;
    /// The end of a stream whose choices have all finished.
    virtual void finish(std::string& out, const Usage& usage) = 0;
    /// The end of a stream that failed after its start: never one that looks complete.
    virtual void fail(std::string& out, const Error& error) = 0;
};

}  // namespace sluice
