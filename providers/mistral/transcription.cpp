#include "providers/mistral/transcription.hpp"

#include "core/json.hpp"
#include "providers/openai_dialect/call.hpp"
#include "providers/openai_dialect/errors.hpp"
#include "providers/openai_dialect/fields.hpp"
#include "providers/openai_dialect/transcription.hpp"
#include "providers/tree.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace sluice::mistral {
namespace {

using openai_dialect::unfit;

constexpr std::string_view granularities = "timestamp_granularities";

/// A field of OpenAI's and what Mistral calls it.
struct Known {
    std::string_view name;
    std::string_view sent_as;
};
constexpr std::array known{
    Known{"language", "language"},
    Known{"temperature", "temperature"},
    Known{"stream", "stream"},
    Known{"diarize", "diarize"},
    Known{"context_bias", "context_bias"},
    Known{"keywords[]", "context_bias"},
    Known{"timestamp_granularities", granularities},
    Known{"timestamp_granularities[]", granularities},
};

/// What can be made of the segments, or needs none.
constexpr std::array<std::string_view, 5> formats{"json", "text", "srt", "verbose_json", "vtt"};

bool needs_segments(const TranscriptionRequest& request)
{
    const auto format = request.response_format();
    return !request.stream() && format != "json" && format != "text";
}

/// Mistral's transcription.text.delta and .done as OpenAI's transcript.text.delta and .done.
class Decoder final : public TranscriptDecoder {
public:
    Result<void> on_event(const SseEvent& event, std::string& out) override
    {
        if (auto facts = openai_dialect::find_error(event.data))
            return std::unexpected(openai_dialect::classify(200, std::move(*facts), {}));
        auto parsed = json::parse_tree(event.data);
        if (!parsed) return {};  // one malformed event does not end a stream that goes on
        const auto& object = tree::object_in(*parsed);
        const auto type = tree::string_at(object, "type");
        if (type == "transcription.text.delta") append_delta(object, out);
        if (type == "transcription.done") append_done(object, out);
        return {};
    }
    bool complete() const override { return complete_; }
    const std::optional<Usage>& usage() const override { return usage_; }

private:
    bool complete_ = false;
    std::optional<Usage> usage_;

    static void append_delta(const boost::json::object& event, std::string& out)
    {
        std::string text;
        json::ObjectWriter delta(text);
        delta.field("type", "transcript.text.delta")
            .field("delta", tree::string_at(event, "text"))
            .close();
        append_event(out, text);
    }

    void append_done(const boost::json::object& event, std::string& out)
    {
        complete_ = true;
        usage_ = openai_dialect::read_audio_usage(event);
        std::string text;
        json::ObjectWriter done(text);
        done.field("type", "transcript.text.done").field("text", tree::string_at(event, "text"));
        if (usage_) {
            json::ObjectWriter usage(done.key("usage"));
            usage.field("type", "tokens")
                .field("input_tokens", usage_->prompt)
                .field("output_tokens", usage_->completion)
                .field("total_tokens", usage_->total)
                .close();
        }
        done.close();
        append_event(out, text);
    }
};

}  // namespace

Result<TranscriptionCall> Transcriber::encode(
    const TranscriptionRequest& request,
    const Deployment& deployment,
    std::span<const std::string> left_out
) const
{
    const auto& target = deployment.model;
    if (request.translate) return unfit("model", "translation into English", target);
    if (std::ranges::find(formats, request.response_format()) == formats.end())
        return unfit("response_format", target);

    TranscriptionCall call{
        .request = openai_dialect::post_form(*deployment.endpoint, "/audio/transcriptions")
    };
    call.fields.push_back({"model", std::string(target)});
    bool timed = false;
    for (const auto& field : request.form.fields) {
        if (field.name == "model" || field.name == "response_format") continue;
        if (std::ranges::find(left_out, field.name) != left_out.end()) continue;
        if (field.name.starts_with("include")) return unfit("include", target);
        const auto taken = std::ranges::find(known, field.name, &Known::name);
        if (taken == known.end()) {
            call.warnings.push_back(openai_dialect::dropped(field.name, target));
            continue;
        }
        timed |= taken->sent_as == granularities;
        call.fields.push_back({std::string(taken->sent_as), field.value});
    }
    if (!timed && needs_segments(request))
        call.fields.push_back({std::string(granularities), "segment"});
    return call;
}

Result<Transcript> Transcriber::decode(HttpResponse response, const TranscriptionRequest&) const
{
    return openai_dialect::read_transcript(response.body);
}

std::unique_ptr<TranscriptDecoder> Transcriber::decoder() const
{
    return std::make_unique<Decoder>();
}

}  // namespace sluice::mistral
