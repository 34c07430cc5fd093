#pragma once

#include "core/audio.hpp"

#include <string>
#include <string_view>

namespace sluice {

/// A transcript as it goes to the caller.
struct TranscriptBody {
    std::string content_type;
    std::string bytes;
};

/// In the form that was asked for: as the provider sent it, where it has that form already, else
/// made anew. JSON has what OpenAI's and Mistral's clients demand: text, model, language, usage.
TranscriptBody transcript_body(
    const Transcript& transcript, const TranscriptionRequest& request, std::string_view model
);

}  // namespace sluice
