#include "api/transcript_body.hpp"

#include "api/json_array.hpp"
#include "core/json.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>

namespace sluice {
namespace {

constexpr auto plain_text = "text/plain; charset=utf-8";

std::string usage_of(const Transcript& transcript)
{
    std::string out;
    json::ObjectWriter usage(out);
    const auto& counted = transcript.usage;
    if (counted && counted->total > 0) {
        usage.field("type", "tokens")
            .field("input_tokens", counted->prompt)
            .field("output_tokens", counted->completion)
            .field("total_tokens", counted->total);
    } else {
        usage.field("type", "duration").field("seconds", transcript.duration);
    }
    usage.close();
    return out;
}

void append_language(json::ObjectWriter& body, const Transcript& transcript)
{
    if (transcript.language.empty())
        body.null("language");
    else
        body.field("language", transcript.language);
}

std::string as_json(const Transcript& transcript, std::string_view model)
{
    std::string out;
    json::ObjectWriter body(out);
    body.field("text", transcript.text).field("model", model);
    append_language(body, transcript);
    body.raw("usage", usage_of(transcript)).close();
    return out;
}

/// OpenAI's clients expect every member; what no provider but Whisper measures is 0.
void append_segment(std::string& out, const TranscriptSegment& segment, std::int64_t id)
{
    json::ObjectWriter object(out);
    object.field("id", id)
        .field("seek", 0)
        .field("start", segment.start)
        .field("end", segment.end)
        .field("text", segment.text)
        .raw("tokens", "[]");
    for (const auto* measure :
         {"temperature", "avg_logprob", "compression_ratio", "no_speech_prob"})
        object.field(measure, 0);
    if (!segment.speaker.empty()) object.field("speaker", segment.speaker);
    object.close();
}

void append_word(std::string& out, const TranscriptSegment& word)
{
    json::ObjectWriter object(out);
    object.field("word", word.text).field("start", word.start).field("end", word.end).close();
}

std::string as_verbose_json(
    const Transcript& transcript, const TranscriptionRequest& request, std::string_view model
)
{
    std::string out;
    json::ObjectWriter body(out);
    body.field("task", request.translate ? "translate" : "transcribe");
    append_language(body, transcript);
    body.field("duration", transcript.duration).field("text", transcript.text);
    std::int64_t id = 0;
    append_array(body.key("segments"), transcript.segments, [&](const auto& segment) {
        append_segment(out, segment, id++);
    });
    if (!transcript.words.empty())
        append_array(body.key("words"), transcript.words, [&](const auto& word) {
            append_word(out, word);
        });
    body.field("model", model).raw("usage", usage_of(transcript)).close();
    return out;
}

/// 01:02:03,456
std::string timestamp(double seconds, char point)
{
    const auto ms = std::max<std::int64_t>(0, std::llround(seconds * 1000));
    char text[40];
    std::snprintf(
        text,
        sizeof text,
        "%02lld:%02lld:%02lld%c%03lld",
        static_cast<long long>(ms / 3'600'000),
        static_cast<long long>(ms / 60'000 % 60),
        static_cast<long long>(ms / 1000 % 60),
        point,
        static_cast<long long>(ms % 1000)
    );
    return text;
}

/// One line: a blank line would end the cue, and an arrow would look like its times.
std::string cue_text(const TranscriptSegment& segment)
{
    std::string line;
    for (const char c : segment.text) line += c == '\n' || c == '\r' ? ' ' : c;
    for (auto at = line.find("-->"); at != line.npos; at = line.find("-->", at))
        line.replace(at, 3, "->");
    const auto begin = line.find_first_not_of(' ');
    return begin == line.npos ? "" : line.substr(begin, line.find_last_not_of(' ') - begin + 1);
}

std::string cue(const TranscriptSegment& segment, char point)
{
    return concat(
        timestamp(segment.start, point),
        " --> ",
        timestamp(segment.end, point),
        "\n",
        cue_text(segment),
        "\n\n"
    );
}

/// A provider that cut the speech into no segments still says how long all of it is.
std::vector<TranscriptSegment> segments_of(const Transcript& transcript)
{
    if (!transcript.segments.empty() || transcript.text.empty()) return transcript.segments;
    return {{.start = 0, .end = transcript.duration, .text = transcript.text, .speaker = {}}};
}

std::string as_srt(const Transcript& transcript)
{
    std::string out;
    int number = 0;
    for (const auto& segment : segments_of(transcript))
        out += concat(std::to_string(++number), "\n", cue(segment, ','));
    return out;
}

std::string as_vtt(const Transcript& transcript)
{
    std::string out = "WEBVTT\n\n";
    for (const auto& segment : segments_of(transcript)) out += cue(segment, '.');
    return out;
}

/// The provider's own JSON, with the members that it left out and some client demands.
std::string completed(const Transcript& transcript, std::string_view model)
{
    const auto document = json::Document::parse(transcript.native);
    if (!document) return transcript.native;
    json::Edits edits;
    if (!document->contains("model")) edits.put("model", json::quoted(model));
    if (!document->contains("language")) edits.put("language", "null");
    if (!document->contains("usage")) edits.put("usage", usage_of(transcript));
    return document->spliced(edits);
}

}  // namespace

TranscriptBody transcript_body(
    const Transcript& transcript, const TranscriptionRequest& request, std::string_view model
)
{
    if (!transcript.native_type.starts_with("application/json") && !transcript.native_type.empty())
        return {transcript.native_type, transcript.native};
    if (!transcript.native.empty()) return {"application/json", completed(transcript, model)};
    const auto format = request.response_format();
    if (format == "text") return {plain_text, concat(transcript.text, "\n")};
    if (format == "srt") return {plain_text, as_srt(transcript)};
    if (format == "vtt") return {plain_text, as_vtt(transcript)};
    if (format == "verbose_json")
        return {"application/json", as_verbose_json(transcript, request, model)};
    return {"application/json", as_json(transcript, model)};
}

}  // namespace sluice
