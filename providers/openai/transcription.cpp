#include "providers/openai/transcription.hpp"

#include "providers/openai_dialect/fields.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace sluice::openai {
namespace {

using Formats = std::span<const std::string_view>;

constexpr std::array<std::string_view, 5> of_whisper{"json", "text", "srt", "verbose_json", "vtt"};
constexpr std::array<std::string_view, 3> of_diarize{"json", "text", "diarized_json"};
constexpr std::array<std::string_view, 1> of_others{"json"};

Formats formats_of(std::string_view model)
{
    if (model.starts_with("whisper")) return of_whisper;
    if (model.contains("diarize")) return of_diarize;
    return of_others;
}

}  // namespace

Result<TranscriptionCall> Transcriber::encode(
    const TranscriptionRequest& request,
    const Deployment& deployment,
    std::span<const std::string> left_out
) const
{
    auto call = openai_dialect::Transcriber::encode(request, deployment, left_out);
    const auto asked = request.response_format();
    const auto formats = formats_of(deployment.model);
    if (!call || std::ranges::find(formats, asked) != formats.end()) return call;
    // The text alone is in every form; times and speakers are not.
    if (asked != "text") return openai_dialect::unfit("response_format", deployment.model);
    for (auto& field : call->fields)
        if (field.name == "response_format") field.value = "json";
    return call;
}

}  // namespace sluice::openai
