#include "dispatch/relay.hpp"

#include <algorithm>
#include <vector>

namespace sluice {

namespace {

void count(std::span<const ChatDelta> deltas, RelayOutcome& outcome)
{
    for (const auto& delta : deltas) {
        if (delta.usage) outcome.usage = delta.usage;
        for (const auto& choice : delta.choices) {
            if (choice.finish != FinishReason::none) outcome.finish.push_back(choice.finish);
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
    outcome.caller_left = rules.caller_left;
    auto deltas = std::move(chat.opening);
    auto heard = EventTime::get();  // from the provider
    auto said = heard;              // to the caller
    while (true) {
        count(deltas, outcome);
        bool spoke = false;
        if (!outcome.caller_left && !deltas.empty()) {
            const auto written = co_await sink.write(deltas);
            outcome.caller_left = !written;
            spoke = written && *written;
            heard = EventTime::get();  // what the caller took to read is not the provider's silence
        }
        if (spoke) {
            said = heard;
        } else if (!outcome.caller_left && EventTime::get() >= said + rules.keep_alive) {
            outcome.caller_left = !co_await sink.keep_alive();
            said = EventTime::get();
        }
        deltas.clear();
        outcome.complete = !outcome.error && (!chat.stream || chat.stream->complete());
        if (outcome.error || outcome.complete) break;
        if (outcome.caller_left && !rules.drain_when_caller_left) break;

        const auto silent_until = std::min(after(heard, rules.between_tokens), rules.deadline);
        const auto wake_at = outcome.caller_left ? silent_until : said + rules.keep_alive;
        auto read = co_await chat.stream->next(deltas, std::min(silent_until, wake_at));
        if (read) {
            heard = EventTime::get();
        } else if (read.error().kind != ErrorKind::idle_timeout ||
                   EventTime::get() >= silent_until) {
            outcome.error = std::move(read).error();  // what came with it is still the caller's
        }
    }
    if (outcome.error && outcome.error->kind == ErrorKind::idle_timeout &&
        EventTime::get() >= rules.deadline) {
        outcome.error->kind = ErrorKind::deadline_exceeded;
        outcome.error->message = "the request's deadline passed";
    }
    co_return outcome;
}

}  // namespace sluice
