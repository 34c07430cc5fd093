#pragma once

#include "core/chat.hpp"
#include "core/form.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// A request to turn speech into text.
struct TranscriptionRequest {
    const Form& form;        ///< its fields may grow until the file has been read
    bool translate = false;  ///< into English

    std::string_view model() const { return form.find("model"); }
    bool stream() const { return form.find("stream") == "true"; }
    /// json, text, srt, verbose_json, vtt, diarized_json, or what a server has of its own.
    std::string_view response_format() const
    {
        const auto asked = form.find("response_format");
        return asked.empty() ? "json" : asked;
    }
};

/// What was said from when to when, in seconds.
struct TranscriptSegment {
    double start = 0;
    double end = 0;
    std::string text;
    std::string speaker;  ///< empty: not told apart
};

struct Transcript {
    std::string text;
    std::string model;     ///< as the provider names it; empty: it does not
    std::string language;  ///< empty: unknown
    double duration = 0;   ///< seconds; 0: unknown
    std::vector<TranscriptSegment> segments;
    std::vector<TranscriptSegment> words;
    std::optional<Usage> usage;
    /// The body as it came and its type, where it has the form that was asked for; else empty.
    std::string native;
    std::string native_type;
};

}  // namespace sluice
