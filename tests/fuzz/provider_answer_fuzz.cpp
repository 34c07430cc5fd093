// Whatever a provider answers, every translator makes of it an answer that keeps its promises, or
// an error.

#include "core/sse.hpp"
#include "providers/registry.hpp"
#include "require.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <vector>

namespace {

using namespace sluice;
using namespace std::chrono_literals;

/// One reader of each kind that the translators have.
std::vector<const AnswerReader*> make_readers()
{
    std::vector<const AnswerReader*> readers;
    ChatRequest chat;
    chat.document =
        json::Document::parse(R"({"messages":[{"role":"user","content":"Hi"}]})").value();
    for (const auto& provider : providers()) {
        Endpoint endpoint;
        endpoint.dialect = provider.dialect;
        for (const std::string_view model : {"gpt-4o", "o3-pro"}) {
            const auto call = provider.translator->encode(chat, {&endpoint, model, {}, {}}, {});
            require(call.has_value());
            readers.push_back(call->reader);
        }
    }
    return readers;
}

void check_raw(std::string_view json_text)
{
    if (json_text.empty()) return;
    json::Cursor at(json_text);
    at.skip();
    require(at.finish());
}

void check_usage(const std::optional<Usage>& usage)
{
    if (!usage) return;
    for (const auto count : {usage->prompt, usage->completion, usage->cached, usage->reasoning})
        require(count >= 0);
}

void check_error(const Error& error)
{
    require(!error.message.empty());
    require(error.message.size() <= 1000);
    require(!error.retry_after || (*error.retry_after >= 0ms && *error.retry_after <= 60s));
    require(error.repair.empty() == (error.kind != ErrorKind::unsupported_parameter));
}

void check_answer(const AnswerReader& reader, std::string_view body)
{
    const auto answer = reader.decode(body);
    if (!answer) return check_error(answer.error());
    require(!answer->choices.empty());
    check_usage(answer->usage);
    for (const auto& choice : answer->choices) {
        require(choice.index >= 0);
        require(choice.finish != FinishReason::none);
        for (const auto& call : choice.tool_calls) check_raw(call.replay);
        check_raw(choice.logprobs);
        check_raw(choice.annotations);
        check_raw(choice.audio);
    }
}

/// What has been seen of one choice of a stream.
struct Progress {
    bool finished = false;
    int calls = 0;
};

void check_delta(const ChatDelta& delta, std::map<int, Progress>& choices)
{
    check_usage(delta.usage);
    for (const auto& choice : delta.choices) {
        require(choice.index >= 0);
        require(choice.role == !choices.contains(choice.index));
        auto& progress = choices[choice.index];
        require(!progress.finished);
        progress.finished = choice.finish != FinishReason::none;
        for (const auto& call : choice.tool_calls) {
            require(call.index >= 0 && call.index <= progress.calls);
            const bool opens = call.index == progress.calls;
            require(opens || call.id.empty());
            progress.calls += opens;
            check_raw(call.replay);
        }
        check_raw(choice.logprobs);
    }
}

void check_stream(const AnswerReader& reader, std::string_view bytes)
{
    std::map<int, Progress> choices;
    const auto decoder = reader.stream_decoder();
    SseParser parser;
    bool failed = false;
    const auto take = [&](const SseEvent& event) {
        ChatDelta delta;
        const auto read = decoder->on_event(event, delta);
        if (read) return check_delta(delta, choices);
        check_error(read.error());
        failed |= read.error().kind != ErrorKind::bad_response;
    };
    parser.feed(bytes);
    while (!failed) {
        const auto event = parser.next();
        if (!event || !*event) break;
        take(**event);
    }
    if (const auto event = parser.finish(); event && !failed) take(*event);
    if (!decoder->finish()) return;
    require(!failed && !choices.empty());
    for (const auto& [index, progress] : choices) require(progress.finished);
}

void check_lists(const Translator& translator, std::string_view body)
{
    if (const auto answer = translator.decode_embeddings(body)) {
        require(!answer->embeddings.empty());
        for (const auto& numbers : answer->embeddings) {
            require(numbers.starts_with('['));
            check_raw(numbers);
        }
    } else {
        check_error(answer.error());
    }
    if (const auto models = translator.decode_models(body)) {
        for (const auto& model : *models) require(!model.id.empty());
    } else {
        check_error(models.error());
    }
}

void check_failure(const Translator& translator, int status, std::string_view body)
{
    const HttpResponse response{
        .status = status,
        .headers =
            {{"retry-after", std::string(body.substr(0, 40))},
             {"date", "Sun, 06 Nov 1994 08:49:37 GMT"}},
        .body = std::string(body)
    };
    check_error(translator.decode_error(response));
}

}  // namespace

/// The first byte picks a status, the rest is the body.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const auto readers = make_readers();
    constexpr std::array statuses{302, 400, 401, 404, 422, 429, 500, 503};
    if (size == 0) return 0;
    const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
    for (const auto* reader : readers) {
        check_answer(*reader, body);
        check_stream(*reader, body);
    }
    for (const auto& provider : providers()) {
        check_lists(*provider.translator, body);
        check_failure(*provider.translator, statuses[*data % statuses.size()], body);
    }
    return 0;
}
