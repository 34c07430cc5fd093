#include "providers/openai_dialect/transcription.hpp"

#include "core/json.hpp"
#include "providers/openai_dialect/call.hpp"
#include "providers/openai_dialect/errors.hpp"
#include "providers/openai_dialect/usage.hpp"
#include "providers/tree.hpp"

#include <algorithm>
#include <utility>

namespace sluice::openai_dialect {
namespace {

bool is_json(std::string_view content_type)
{
    return content_type.starts_with("application/json");
}

double number_at(const boost::json::object& from, std::string_view key)
{
    const auto* value = from.if_contains(key);
    if (!value || !value->is_number()) return 0;
    return value->to_number<double>();
}

TranscriptSegment read_segment(const boost::json::object& from, std::string_view text_key)
{
    const auto speaker = tree::string_at(from, "speaker");
    return {
        .start = number_at(from, "start"),
        .end = number_at(from, "end"),
        .text = std::string(tree::string_at(from, text_key)),
        .speaker = std::string(speaker.empty() ? tree::string_at(from, "speaker_id") : speaker),
    };
}

std::vector<TranscriptSegment> read_segments(
    const boost::json::array& from, std::string_view text_key
)
{
    std::vector<TranscriptSegment> out;
    for (const auto& each : from) out.push_back(read_segment(tree::object_in(each), text_key));
    return out;
}

/// OpenAI's events as they come; only their usage is read, and whether they report a failure.
class Decoder final : public TranscriptDecoder {
public:
    Result<void> on_event(const SseEvent& event, std::string& out) override
    {
        if (event.data == "[DONE]") return {};
        if (auto facts = find_error(event.data))
            return std::unexpected(classify(200, std::move(*facts), {}));
        auto parsed = json::parse_tree(event.data);
        if (!parsed) return {};  // one malformed event does not end a stream that goes on
        const auto& object = tree::object_in(*parsed);
        if (tree::string_at(object, "type") == "transcript.text.done") {
            complete_ = true;
            usage_ = read_audio_usage(object);
        }
        if (event.type == "message")
            append_event(out, event.data);
        else
            append_event(out, event.type, event.data);
        return {};
    }
    bool complete() const override { return complete_; }
    const std::optional<Usage>& usage() const override { return usage_; }

private:
    bool complete_ = false;
    std::optional<Usage> usage_;
};

}  // namespace

std::optional<Usage> read_audio_usage(const boost::json::object& answer)
{
    const auto* found = answer.if_contains("usage");
    if (!found || !found->is_object()) return std::nullopt;
    const auto text = json::serialize(*found);
    json::Cursor at(text);
    auto usage = read_usage(at);
    const auto seconds = std::max(
        number_at(found->get_object(), "seconds"),
        number_at(found->get_object(), "prompt_audio_seconds")
    );
    if (seconds <= 0) return usage;
    if (!usage) usage.emplace();
    usage->seconds = seconds;
    return usage;
}

Result<Transcript> read_transcript(std::string_view body)
{
    auto parsed = json::parse_tree(body);
    if (!parsed) return fail(ErrorKind::bad_response, "the transcript is no JSON");
    const auto& object = tree::object_in(*parsed);
    const auto* text = object.if_contains("text");
    if (!text || !text->is_string()) {
        if (auto facts = find_error(body))
            return std::unexpected(classify(200, std::move(*facts), {}));
        return fail(ErrorKind::bad_response, "the answer has no text");
    }
    Transcript transcript;
    transcript.text = text->get_string();
    transcript.model = tree::string_at(object, "model");
    transcript.language = tree::string_at(object, "language");
    transcript.segments = read_segments(tree::array_at(object, "segments"), "text");
    transcript.words = read_segments(tree::array_at(object, "words"), "word");
    transcript.usage = read_audio_usage(object);
    transcript.duration = number_at(object, "duration");
    if (transcript.duration == 0 && transcript.usage)
        transcript.duration = transcript.usage->seconds;
    return transcript;
}

Result<TranscriptionCall> Transcriber::encode(
    const TranscriptionRequest& request,
    const Deployment& deployment,
    std::span<const std::string> left_out
) const
{
    const auto* path = request.translate ? "/audio/translations" : "/audio/transcriptions";
    TranscriptionCall call{.request = post_form(*deployment.endpoint, path)};
    call.fields.push_back({"model", std::string(deployment.model)});
    const auto is_left_out = [&](std::string_view name) {
        return std::ranges::find(left_out, name) != left_out.end();
    };
    for (const auto& field : request.form.fields)
        if (field.name != "model" && !is_left_out(field.name)) call.fields.push_back(field);
    return call;
}

Result<Transcript> Transcriber::decode(HttpResponse response, const TranscriptionRequest& request)
    const
{
    constexpr std::string_view anything_but_json[]{"text", "srt", "vtt"};
    const auto type = find_header(response.headers, "content-type");
    const bool came_as_json = is_json(type);
    Transcript transcript;
    if (came_as_json) {
        auto read = read_transcript(response.body);
        if (!read) return read;
        transcript = std::move(*read);
    }
    const bool wants_json = std::ranges::find(anything_but_json, request.response_format()) ==
                            std::ranges::end(anything_but_json);
    if (came_as_json && !wants_json) return transcript;
    transcript.native_type = type.empty() ? "text/plain; charset=utf-8" : type;
    transcript.native = std::move(response.body);
    return transcript;
}

std::unique_ptr<TranscriptDecoder> Transcriber::decoder() const
{
    return std::make_unique<Decoder>();
}

}  // namespace sluice::openai_dialect
