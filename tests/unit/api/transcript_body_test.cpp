// A transcript in every form that callers ask for.
#include "api/transcript_body.hpp"

#include "core/json.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

Transcript spoken()
{
    Transcript transcript;
    transcript.text = "One. Two.";
    transcript.duration = 3725.25;
    transcript.segments = {
        {.start = 0, .end = 1.9996, .text = " One.\n", .speaker = {}},
        {.start = 3723.004, .end = 3725.25, .text = "Two --> three.", .speaker = "s1"},
    };
    return transcript;
}

std::string body(const Transcript& transcript, std::string format)
{
    const Form form{
        .fields = {{"response_format", std::move(format)}}, .filename = {}, .content_type = {}
    };
    return transcript_body(transcript, {.form = form}, "m").bytes;
}

std::string member(const std::string& text, std::string_view key)
{
    return std::string(json::Document::parse(text)->find(key).value_or("(none)"));
}

TEST(TranscriptBody, cues_have_times_and_one_line)
{
    EXPECT_EQ(
        body(spoken(), "srt"),
        "1\n00:00:00,000 --> 00:00:02,000\nOne.\n\n"
        "2\n01:02:03,004 --> 01:02:05,250\nTwo -> three.\n\n"
    );
    EXPECT_EQ(
        body(spoken(), "vtt"),
        "WEBVTT\n\n00:00:00.000 --> 00:00:02.000\nOne.\n\n"
        "01:02:03.004 --> 01:02:05.250\nTwo -> three.\n\n"
    );
}

TEST(TranscriptBody, speech_without_segments_is_one_cue)
{
    auto transcript = spoken();
    transcript.segments.clear();
    EXPECT_EQ(body(transcript, "srt"), "1\n00:00:00,000 --> 01:02:05,250\nOne. Two.\n\n");
    transcript.text.clear();
    EXPECT_EQ(body(transcript, "srt"), "");
}

TEST(TranscriptBody, json_has_what_every_client_demands)
{
    const auto text = body(spoken(), "json");
    EXPECT_EQ(member(text, "text"), "\"One. Two.\"");
    EXPECT_EQ(member(text, "model"), "\"m\"");
    EXPECT_EQ(member(text, "language"), "null");
    EXPECT_EQ(member(text, "usage"), R"({"type":"duration","seconds":3725.25})");
}

TEST(TranscriptBody, verbose_json_has_segments_and_words)
{
    auto transcript = spoken();
    transcript.words = {{.start = 0, .end = 1, .text = "One", .speaker = {}}};
    const auto text = body(transcript, "verbose_json");
    EXPECT_EQ(member(text, "task"), "\"transcribe\"");
    EXPECT_EQ(member(text, "duration"), "3725.25");
    EXPECT_EQ(member(text, "words"), R"([{"word":"One","start":0,"end":1}])");
    EXPECT_TRUE(member(text, "segments").contains(R"("id":1,"seek":0,"start":3723.004)")) << text;
}

TEST(TranscriptBody, providers_own_body_keeps_its_bytes)
{
    Transcript transcript;
    transcript.native_type = "application/json";
    transcript.native = R"({"text":"a", "language":"english", "x":1E400})";
    const auto text = body(transcript, "json");
    EXPECT_TRUE(text.starts_with(R"({"text":"a", "language":"english", "x":1E400)")) << text;
    EXPECT_EQ(member(text, "model"), "\"m\"");
    transcript.native_type = "text/plain";
    transcript.native = "as it came\n";
    EXPECT_EQ(body(transcript, "srt"), "as it came\n");
}

}  // namespace
}  // namespace sluice
