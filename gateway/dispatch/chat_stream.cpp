#include "dispatch/chat_stream.hpp"

#include "core/time.hpp"

#include <algorithm>

namespace sluice {

namespace {

/// A malformed event is skipped; so many in a row are garbage, not a slip.
constexpr int max_malformed_in_a_row = 3;

Error interrupted(std::string_view why)
{
    return Error{.kind = ErrorKind::stream_interrupted, .message = std::string(why)};
}

/// A whole answer as the one event of a stream.
ChatDelta as_delta(ChatResponse answer)
{
    ChatDelta delta;
    delta.id = std::move(answer.id);
    delta.model = std::move(answer.model);
    delta.created = answer.created;
    delta.usage = answer.usage;
    for (auto& choice : answer.choices) {
        auto& part = delta.choices.emplace_back();
        part.index = choice.index;
        part.role = true;
        part.content = std::move(choice.content).value_or("");
        part.refusal = std::move(choice.refusal).value_or("");
        part.reasoning = std::move(choice.reasoning);
        part.finish = choice.finish;
        part.logprobs = std::move(choice.logprobs);
        for (auto& call : choice.tool_calls) {
            auto& fragment = part.tool_calls.emplace_back();
            fragment.index = static_cast<int>(part.tool_calls.size()) - 1;
            fragment.id = std::move(call.id);
            fragment.name = std::move(call.name);
            fragment.arguments = std::move(call.arguments);
            fragment.custom = call.custom;
            fragment.replay = std::move(call.replay);
        }
    }
    return delta;
}

bool is_event_stream(const FieldLines& headers)
{
    const auto type = find_header(headers, "content-type");
    return iequals(type.substr(0, type.find(';')), "text/event-stream");
}

}  // namespace

ChatStream::ChatStream(Exchange exchange, std::unique_ptr<StreamDecoder> decoder, bool keep_events)
    : exchange_(std::move(exchange)), decoder_(std::move(decoder)), keep_events_(keep_events)
{
}

Task<Result<void>> ChatStream::next(std::vector<ChatDelta>& deltas, TimePoint deadline)
{
    auto bytes = co_await exchange_.read(deadline);
    if (!bytes) co_return std::unexpected(std::move(bytes).error());
    if (bytes->empty()) co_return end(deltas);

    while (!bytes->empty()) {
        if (auto decoded = decode(*bytes, deltas); !decoded) co_return decoded;
        if (complete_) co_return decoder_->finish();
        bytes = exchange_.read_here();
        if (!bytes) co_return std::unexpected(std::move(bytes).error());
    }
    co_return Result<void>{};
}

Result<void> ChatStream::decode(std::string_view bytes, std::vector<ChatDelta>& deltas)
{
    parser_.feed(bytes);
    while (!complete_) {
        auto event = parser_.next();
        if (!event) return std::unexpected(interrupted(event.error().message));
        if (!*event) break;
        if (auto decoded = decode(**event, deltas); !decoded) return decoded;
    }
    return {};
}

Task<void> ChatStream::read_to_end()
{
    const auto deadline = Clock::now() + milliseconds(50);
    while (true) {
        auto rest = co_await exchange_.read(deadline);
        if (!rest || rest->empty()) co_return;
    }
}

Result<void> ChatStream::decode(const SseEvent& event, std::vector<ChatDelta>& deltas)
{
    auto& delta = deltas.emplace_back();
    auto read = decoder_->on_event(event, delta);
    if (!read) {
        deltas.pop_back();
        if (read.error().kind != ErrorKind::bad_response) return read;
        ++malformed_;
        if (++malformed_in_a_row_ >= max_malformed_in_a_row)
            return std::unexpected(interrupted("the provider's stream turned into garbage"));
        return {};
    }
    malformed_in_a_row_ = 0;
    if (keep_events_) delta.native.emplace(std::string(event.type), std::string(event.data));
    if (delta.empty()) deltas.pop_back();
    complete_ = decoder_->complete();
    return {};
}

Result<void> ChatStream::end(std::vector<ChatDelta>& deltas)
{
    // A server that omits the last blank line: its rest counts if it is the terminal signal.
    if (auto last = parser_.finish()) {
        auto decoded = decode(*last, deltas);
        if (!decoded) return decoded;
    }
    complete_ = true;
    return decoder_->finish();
}

Result<Call> StreamedChat::encode(
    const Translator& translator, const Deployment& deployment, LeftOut left_out
) const
{
    return encode_chat(request_, translator, deployment, left_out);
}

bool StreamedChat::comes_in_pieces(const Exchange& exchange) const
{
    return is_event_stream(exchange.headers());
}

Result<void> StreamedChat::take(
    std::string body, const Exchange&, const Translator&, const Call& call
)
{
    opening.clear();
    auto answer = call.reader->decode(body);
    if (!answer) return std::unexpected(std::move(answer).error());
    opening.push_back(as_delta(std::move(*answer)));
    return {};
}

Task<Result<void>> StreamedChat::receive(
    Exchange exchange, const Translator&, const Call& call, AnswerDeadlines deadlines
)
{
    opening.clear();
    const bool keep_events = call.dialect && call.dialect == request_.dialect;
    stream.emplace(std::move(exchange), call.reader->stream_decoder(), keep_events);
    const auto has_output = [](const ChatDelta& delta) { return delta.has_output(); };
    while (!stream->complete() && std::ranges::none_of(opening, has_output)) {
        auto read = co_await stream->next(opening, deadlines.first_token);
        if (read) continue;
        auto error = std::move(read).error();
        if (std::ranges::any_of(opening, has_output)) {
            // Some of the answer came in the same piece as the failure. Nobody has seen it yet, so
            // this is still an attempt that failed.
            opening.clear();
        }
        stream.reset();
        if (error.kind == ErrorKind::idle_timeout) error.kind = ErrorKind::first_token_timeout;
        if (error.kind == ErrorKind::stream_interrupted) error.kind = ErrorKind::bad_response;
        co_return std::unexpected(std::move(error));
    }
    co_return Result<void>{};
}

}  // namespace sluice
