// Speech into text: what each provider is sent for a form, and what its answers become.
#include "providers/openai_dialect/transcription.hpp"

#include "providers/registry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// One call of a provider type's transcriber.
Result<TranscriptionCall> encode(
    std::string_view type,
    std::string_view model,
    const Form& form,
    bool translate = false,
    const std::vector<std::string>& left_out = {},
    std::string api_version = {}
)
{
    Endpoint endpoint;
    endpoint.provider = type;
    endpoint.base_path = "/v1";
    endpoint.api_key = "sk";
    endpoint.api_version = std::move(api_version);
    const Deployment deployment{&endpoint, model, {}, {}};
    const auto* transcriber = find_provider(type)->translator->transcriber();
    return transcriber->encode({.form = form, .translate = translate}, deployment, left_out);
}

std::vector<std::string> lines(const TranscriptionCall& call)
{
    std::vector<std::string> out;
    for (const auto& [name, value] : call.fields) out.push_back(concat(name, "=", value));
    return out;
}

Form form(std::vector<FormField> fields)
{
    return {.fields = std::move(fields), .filename = "a.mp3", .content_type = "audio/mpeg"};
}

TEST(Transcription, openai_gets_the_form_with_its_own_model)
{
    const auto call = encode(
        "openai",
        "whisper-1",
        form({{"model", "openai/whisper-1"}, {"language", "en"}, {"response_format", "srt"}})
    );
    ASSERT_TRUE(call);
    EXPECT_EQ(call->request.target, "/v1/audio/transcriptions");
    EXPECT_EQ(find_header(call->request.headers, "authorization"), "Bearer sk");
    EXPECT_THAT(lines(*call), ElementsAre("model=whisper-1", "language=en", "response_format=srt"));
}

TEST(Transcription, field_that_was_refused_before_is_left_out)
{
    for (const auto* type : {"openai", "mistral"}) {
        const auto call = encode(
            type, "m", form({{"temperature", "0"}, {"language", "en"}}), false, {"temperature"}
        );
        ASSERT_TRUE(call);
        EXPECT_THAT(lines(*call), ElementsAre("model=m", "language=en")) << type;
    }
}

struct FormatCase {
    std::string_view type, model, format;
    std::string_view sent;  ///< empty: unfit
};

TEST(Transcription, formats_are_those_that_a_model_has)
{
    const std::vector<FormatCase> cases{
        {"openai", "whisper-1", "verbose_json", "verbose_json"},
        {"openai", "whisper-1", "diarized_json", ""},
        {"openai", "gpt-4o-transcribe", "text", "json"},
        {"openai", "gpt-4o-transcribe", "srt", ""},
        {"openai", "gpt-transcribe", "verbose_json", ""},
        {"openai", "gpt-4o-transcribe-diarize", "diarized_json", "diarized_json"},
        {"openai", "gpt-4o-transcribe-diarize", "text", "text"},
        {"openai_compatible", "any", "srt", "srt"},
        {"azure_openai", "my-whisper", "srt", "srt"},
        {"mistral", "voxtral-mini-latest", "diarized_json", ""},
    };
    for (const auto& [type, model, format, sent] : cases) {
        const auto call = encode(type, model, form({{"response_format", std::string(format)}}));
        if (sent.empty()) {
            ASSERT_FALSE(call) << model << " " << format;
            EXPECT_EQ(call.error().kind, ErrorKind::unfit);
            EXPECT_EQ(call.error().param, "response_format");
        } else {
            ASSERT_TRUE(call) << model << " " << format;
            EXPECT_EQ(lines(*call)[1], concat("response_format=", sent)) << model;
        }
    }
}

TEST(Transcription, mistral_gets_what_it_takes_in_its_own_names)
{
    const auto call = encode(
        "mistral",
        "voxtral-mini-latest",
        form({
            {"response_format", "vtt"},
            {"language", "en"},
            {"prompt", "hm"},
            {"keywords[]", "Sluice"},
            {"temperature", "0"},
        })
    );
    ASSERT_TRUE(call);
    EXPECT_THAT(
        lines(*call),
        ElementsAre(
            "model=voxtral-mini-latest",
            "language=en",
            "context_bias=Sluice",
            "temperature=0",
            "timestamp_granularities=segment"
        )
    );
    ASSERT_EQ(call->warnings.size(), 1u);
    EXPECT_TRUE(call->warnings[0].starts_with("prompt")) << call->warnings[0];
    const auto own = encode(
        "mistral",
        "m",
        form({{"response_format", "verbose_json"}, {"timestamp_granularities[]", "word"}})
    );
    EXPECT_THAT(lines(*own), ElementsAre("model=m", "timestamp_granularities=word"));
    EXPECT_FALSE(encode("mistral", "m", form({}), true)) << "it translates nothing";
    EXPECT_FALSE(encode("mistral", "m", form({{"include[]", "logprobs"}})));
}

TEST(Transcription, azure_gets_its_own_address)
{
    const auto call = encode("azure_openai", "my-whisper", form({}), true, {}, "2024-10-21");
    ASSERT_TRUE(call);
    EXPECT_EQ(
        call->request.target, "/v1/deployments/my-whisper/audio/translations?api-version=2024-10-21"
    );
    EXPECT_EQ(find_header(call->request.headers, "api-key"), "sk");
}

TEST(Transcription, providers_without_it_have_no_transcriber)
{
    for (const auto* type : {"anthropic", "gemini"})
        EXPECT_EQ(find_provider(type)->translator->transcriber(), nullptr) << type;
}

TEST(Transcription, answer_is_read_for_what_it_says_of_itself)
{
    const auto timed =
        openai_dialect::read_transcript(R"({"text":"a","usage":{"type":"duration","seconds":2.5}})"
        );
    ASSERT_TRUE(timed);
    EXPECT_EQ(timed->usage->seconds, 2.5);
    EXPECT_EQ(timed->duration, 2.5);
    EXPECT_THAT(timed->segments, IsEmpty());
    EXPECT_EQ(openai_dialect::read_transcript("[]").error().kind, ErrorKind::bad_response);
    EXPECT_EQ(openai_dialect::read_transcript("{").error().kind, ErrorKind::bad_response);
    const auto failed = openai_dialect::read_transcript(
        R"({"error":{"message":"busy","code":"rate_limit_exceeded"}})"
    );
    EXPECT_EQ(failed.error().kind, ErrorKind::rate_limited);
}

}  // namespace
}  // namespace sluice
