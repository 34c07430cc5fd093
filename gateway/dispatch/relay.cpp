#include "dispatch/relay.hpp"

#include <algorithm>
#include <vector>

namespace sluice {

namespace {

using namespace std::chrono_literals;

/// So long a silence is filled with a comment, lest something on the way takes the stream for dead.
constexpr auto keep_alive_every = 15s;

void count(std::span<const ChatDelta> deltas, RelayOutcome& outcome)
{
    for (const auto& delta : deltas) {
        if (delta.usage) outcome.usage = delta.usage;
        for (const auto& choice : delta.choices) {
            outcome.output_bytes +=
                choice.content.size() + choice.refusal.size() + choice.reasoning.size();
            for (const auto& call : choice.tool_calls)
                outcome.output_bytes += call.name.size() + call.arguments.size();
        }
    }
}

}  // namespace

Task<RelayOutcome> relay(StreamedChat& chat, StreamSink& sink, RelayRules rules)
{
    RelayOutcome outcome;
    auto deltas = std::move(chat.opening);
    auto last_piece = Clock::now();
    while (true) {
        count(deltas, outcome);
        if (!deltas.empty() && !outcome.caller_left) {
            auto written = co_await sink.write(deltas);
            outcome.caller_left = !written;
            last_piece =
                Clock::now();  // what the caller took to read is not the provider's silence
        }
        deltas.clear();
        if (outcome.caller_left && !rules.drain_when_caller_left) break;
        if (chat.stream->complete()) break;

        const auto silent_until = std::min(after(last_piece, rules.between_tokens), rules.deadline);
        auto read = co_await chat.stream->next(
            deltas, std::min(silent_until, Clock::now() + keep_alive_every)
        );
        if (read) {
            last_piece = Clock::now();
            continue;
        }
        outcome.error = std::move(read).error();
        if (outcome.error->kind == ErrorKind::idle_timeout && Clock::now() < silent_until) {
            outcome.error.reset();
            if (!outcome.caller_left) outcome.caller_left = !co_await sink.keep_alive();
            continue;
        }
        if (outcome.error->kind == ErrorKind::idle_timeout && Clock::now() >= rules.deadline) {
            outcome.error->kind = ErrorKind::deadline_exceeded;
            outcome.error->message = "the request's deadline passed";
        }
        // What came in the same piece as the failure is still the caller's.
        count(deltas, outcome);
        if (!deltas.empty() && !outcome.caller_left)
            outcome.caller_left = !co_await sink.write(deltas);
        break;
    }
    co_return outcome;
}

}  // namespace sluice
