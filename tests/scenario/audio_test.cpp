// Uploads pass through the gateway without staying in it, and speech becomes text in every form.
#include "core/form.hpp"
#include "core/multipart.hpp"
#include "support/calls.hpp"
#include "support/fake_upstream.hpp"
#include "support/sanitized.hpp"
#include "support/test_gateway.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <sstream>
#include <thread>
#include <unistd.h>

namespace sluice::test {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto path = "/v1/audio/transcriptions";
constexpr auto form_type = "Content-Type: multipart/form-data; boundary=b\r\n";
constexpr auto promptly = 250ms;
constexpr auto transcribed = R"({"text":"Hello world."})";

std::string fixture(const std::string& name)
{
    std::ifstream file(SLUICE_SOURCE_DIR "/tests/fixtures/audio/" + name);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

using Fields = std::vector<FormField>;

/// A form with these fields on either side of the file.
std::string form(const Fields& before, std::string_view file, const Fields& behind = {})
{
    std::string out;
    MultipartWriter writer("b");
    for (const auto& [name, value] : before) writer.field(out, name, value);
    writer.begin_file(out, "file", "a.mp3", "audio/mpeg");
    out += file;
    writer.end_file(out);
    for (const auto& [name, value] : behind) writer.field(out, name, value);
    writer.end(out);
    return out;
}

/// The same up to the file's content.
std::string begun_form()
{
    const auto whole = form({{"model", "main/fake-model"}}, "@");
    return whole.substr(0, whole.find('@'));
}

std::string head(std::size_t size, std::string_view where = path)
{
    return concat(
        "POST ",
        where,
        " HTTP/1.1\r\nHost: t\r\n",
        form_type,
        "Content-Length: ",
        std::to_string(size),
        "\r\n\r\n"
    );
}

RawResponse upload(
    const TestGateway& gateway, const std::string& body, std::string_view where = path
)
{
    RawClient client(gateway.port());
    return client.send(head(body.size(), where) + body).read_response();
}

std::string part(std::string_view name, std::string_view value)
{
    return concat("name=\"", name, "\"\r\n\r\n", value, "\r\n");
}

/// A gateway with one provider of this type.
TestGateway gateway_to(const FakeUpstream& fake, const std::string& type)
{
    return TestGateway({{type, fake.url()}}, [&](Config& config) {
        config.providers.front().type = type;
    });
}

const Fields fake_model{{"model", "main/fake-model"}};

TEST(Upload, form_is_written_anew_for_the_target)
{
    FakeUpstream fake(json(transcribed));
    TestGateway gateway({{"main", fake.url()}});
    const auto answer =
        upload(gateway, form(fake_model, "\x01\x02--b", {{"language", "en"}, {"prompt", "hm"}}));
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(at(answer.body, "/text"), "\"Hello world.\"");
    EXPECT_EQ(at(answer.body, "/model"), "\"fake-model\"");
    EXPECT_EQ(at(answer.body, "/language"), "null");
    EXPECT_EQ(answer.header("x-sluice-provider"), "main");
    EXPECT_THAT(fake.head(0), HasSubstr("POST /v1/audio/transcriptions HTTP/1.1"));
    EXPECT_THAT(fake.head(0), HasSubstr("Bearer sk-upstream-main"));
    const auto sent = fake.body(0);
    EXPECT_THAT(sent, HasSubstr(part("model", "fake-model")));
    EXPECT_THAT(
        sent, HasSubstr("filename=\"a.mp3\"\r\nContent-Type: audio/mpeg\r\n\r\n\x01\x02--b\r\n")
    );
    EXPECT_THAT(sent, HasSubstr(part("language", "en")));
    EXPECT_THAT(sent, HasSubstr(part("prompt", "hm")));
    EXPECT_EQ(sent.find(part("language", "en")), sent.rfind(part("language", "en")));
}

TEST(Upload, a_models_name_stays_while_more_fields_come)
{
    FakeUpstream fake(json(transcribed));
    TestGateway gateway({{"main", fake.url()}});
    const Fields behind{{"language", "en"}, {"prompt", "a"}, {"temperature", "0"}, {"user", "u"}};
    const auto answer = upload(gateway, form({{"model", "main/made-up"}}, "\x01", behind));
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.header("x-sluice-model"), "made-up");
    const auto sent = fake.body(0);
    EXPECT_THAT(sent, HasSubstr(part("model", "made-up")));
    EXPECT_EQ(sent.find("name=\"model\""), sent.rfind("name=\"model\"")) << sent;
}

TEST(Upload, file_before_the_model_can_be_sent_again)
{
    FakeUpstream fake(in_turn({status(503), json(transcribed)}));
    TestGateway gateway({{"main", fake.url()}});
    const std::string file(1'000'000, 'x');  // more than is held in memory
    const auto answer = upload(gateway, form({}, file, fake_model));
    EXPECT_EQ(answer.status, 200) << answer.body;
    ASSERT_EQ(fake.requests(), 2);
    for (const int i : {0, 1}) {
        EXPECT_THAT(fake.body(i), HasSubstr("\r\n\r\n" + file + "\r\n")) << i;
        EXPECT_THAT(fake.body(i), HasSubstr(part("model", "fake-model"))) << i;
    }
}

TEST(Upload, what_has_gone_through_is_not_sent_again)
{
    FakeUpstream fake(status(503));
    TestGateway gateway({{"main", fake.url()}});
    EXPECT_EQ(upload(gateway, form(fake_model, "x")).status, 503);
    EXPECT_EQ(fake.requests(), 1);
}

TEST(Upload, target_that_cannot_be_reached_makes_room_for_the_next)
{
    std::string dead_url;
    {
        FakeUpstream dead(hang());
        dead_url = dead.url();
    }
    FakeUpstream fake(json(transcribed));
    TestGateway gateway({{"main", dead_url}, {"other", fake.url()}});
    const auto answer = upload(gateway, form({{"model", "auto"}}, "x"));
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.header("x-sluice-provider"), "other");
}

TEST(Upload, chunked_uploads_pass_and_the_connection_lives_on)
{
    FakeUpstream fake(json(transcribed));
    TestGateway gateway({{"main", fake.url()}});
    RawClient client(gateway.port());
    const auto body = form(fake_model, "12345");
    for (int i = 0; i < 2; ++i) {
        client.send(concat(
            "POST ",
            path,
            " HTTP/1.1\r\nHost: t\r\n",
            form_type,
            "Transfer-Encoding: chunked\r\n\r\n"
        ));
        client.drip(chunked(body.substr(0, 100)) + chunked(body.substr(100)) + "0\r\n\r\n", 0us, 7);
        EXPECT_EQ(client.read_response().status, 200);
    }
}

std::size_t resident_bytes()
{
    std::size_t total = 0, resident = 0;
    std::ifstream("/proc/self/statm") >> total >> resident;
    return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

/// Counts what comes and drops it, up to the end of the body; then answers.
Reply swallow(std::atomic<std::size_t>& received, Reply answer)
{
    return [&received, answer](Peer& peer) {
        std::string tail;
        while (!tail.ends_with("\r\n0\r\n\r\n")) {
            const auto piece = peer.read_some();
            if (piece.empty()) return false;
            received += piece.size();
            tail = (tail + piece)
                       .substr(
                           tail.size() + piece.size() - std::min(tail.size() + piece.size(), 16uz)
                       );
        }
        return answer(peer);
    };
}

/// Sends a form with a file of so many MiB; returns the most memory that the process had meanwhile.
std::size_t send_large(
    RawClient& client, const Fields& before, const Fields& behind, std::size_t mib
)
{
    const std::string piece(1 << 20, 'x');
    const auto frame = form(before, "@", behind);
    const auto split = frame.find('@');
    client.send(head(frame.size() - 1 + mib * piece.size()) + frame.substr(0, split));
    std::size_t most = 0;
    for (std::size_t i = 0; i < mib; ++i) {
        client.send(piece);
        most = std::max(most, resident_bytes());
    }
    client.send(frame.substr(split + 1));
    return most;
}

TEST(Upload, memory_does_not_grow_with_the_file)
{
    constexpr std::size_t mib = sanitized ? 16 : 96;
    for (const bool file_first : {false, true}) {
        std::atomic<std::size_t> received{0};
        FakeUpstream fake(swallow(received, json(transcribed)), FakeUpstream::Reads::heads);
        TestGateway gateway({{"main", fake.url()}});
        RawClient client(gateway.port());
        const auto before = resident_bytes();
        const auto most = send_large(
            client, file_first ? Fields{} : fake_model, file_first ? fake_model : Fields{}, mib
        );
        EXPECT_EQ(client.patience(10s).read_response().status, 200);
        EXPECT_GT(received, mib << 20);
        if (!sanitized) EXPECT_LT(most, before + (12u << 20)) << "file first: " << file_first;
    }
}

TEST(Upload, slow_provider_slows_the_uploader)
{
    FakeUpstream fake(hang(), FakeUpstream::Reads::heads);
    TestGateway gateway({{"main", fake.url()}});
    RawClient client(gateway.port());
    std::atomic<std::size_t> sent{0};
    client.send(head(1u << 30) + begun_form());
    std::thread uploader([&] {
        const std::string piece(64 * 1024, 'x');
        while (!client.was_reset() && sent < (200u << 20)) {
            client.send(piece);
            sent += piece.size();
        }
    });
    std::size_t before = 1;
    EXPECT_TRUE(eventually([&] {
        const auto now = sent.load();
        const bool still = now == before;
        before = now;
        std::this_thread::sleep_for(100ms);
        return still;
    }));
    EXPECT_LT(sent, 32u << 20) << "the gateway takes what the provider does not";
    EXPECT_EQ(get(gateway.port(), "/livez").status, 200) << "others are served meanwhile";
    gateway.gateway().stop();
    uploader.join();
}

TEST(Upload, bytes_arrive_before_the_upload_ends_and_a_caller_who_leaves_ends_the_call)
{
    std::atomic<std::size_t> received{0};
    FakeUpstream fake(swallow(received, json(transcribed)), FakeUpstream::Reads::heads);
    TestGateway gateway({{"main", fake.url()}});
    RawClient client(gateway.port());
    client.send(head(1 << 20) + begun_form() + std::string(100'000, 'x'));
    ASSERT_TRUE(eventually([&] { return received > 100'000; }));
    const auto left = Clock::now();
    client.close();
    const auto closed = fake.closed(0, 5s);
    ASSERT_TRUE(closed) << "the upstream connection stays open";
    EXPECT_LT(*closed - left, promptly);
    EXPECT_TRUE(eventually([&] {
        return gateway.metric(R"(sluice_in_flight_requests{surface="openai"})") == 0;
    }));
}

TEST(Upload, early_refusal_is_passed_on_at_once)
{
    const auto refuse =
        status(413, R"({"error":{"message":"Maximum content size limit exceeded"}})");
    FakeUpstream fake(
        [&](Peer& peer) {
            // All that came so far, so that the gateway waits for more of it from the caller.
            for (std::size_t taken = 0; taken < 100'000;) taken += peer.read_some().size();
            return refuse(peer);
        },
        FakeUpstream::Reads::heads
    );
    TestGateway gateway({{"main", fake.url()}});
    RawClient client(gateway.port());
    client.send(head(1u << 28) + begun_form() + std::string(100'000, 'x'));
    const auto answer = client.read_response();  // although much more was promised
    EXPECT_EQ(answer.status, 413) << answer.body;
    EXPECT_THAT(answer.body, HasSubstr("Maximum content size"));
    EXPECT_EQ(answer.header("connection"), "close");
}

TEST(Upload, what_the_gateway_itself_refuses)
{
    FakeUpstream fake(json(transcribed));
    TestGateway gateway({{"main", fake.url()}}, [](Config& config) {
        config.server.max_upload = 2000;
    });
    const auto none = upload(
        gateway, "--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nx\r\n--b--\r\n"
    );
    EXPECT_EQ(none.status, 400);
    EXPECT_EQ(at(none.body, "/error/message"), "\"Missing audio file\"");
    EXPECT_EQ(upload(gateway, form(fake_model, std::string(3000, 'x'))).status, 413);
    EXPECT_EQ(post(gateway.port(), path, "{}").status, 400);
    EXPECT_EQ(upload(gateway, "no form at all").status, 400);
    const auto cut = form(fake_model, "x");
    EXPECT_EQ(upload(gateway, cut.substr(0, cut.size() - 8)).status, 400);
    EXPECT_EQ(upload(gateway, form({{"model", "no-such-model"}}, "x")).status, 404);
}

TEST(Transcription, mistral_answers_in_every_form)
{
    struct Case {
        std::string format;
        std::string expected;
    };
    const std::vector<Case> cases{
        {"text", "Hello world.\n"},
        {"srt", fixture("openai_transcription.srt")},
        {"vtt", fixture("openai_transcription.vtt")},
    };
    FakeUpstream fake(json(fixture("mistral_transcription.json")));
    auto gateway = gateway_to(fake, "mistral");
    for (const auto& [format, expected] : cases) {
        const auto answer = upload(
            gateway, form({{"model", "voxtral-mini-2602"}, {"response_format", format}}, "x")
        );
        EXPECT_EQ(answer.status, 200) << answer.body;
        EXPECT_EQ(answer.body, expected);
        EXPECT_THAT(std::string(answer.header("content-type")), HasSubstr("text/plain"));
    }
    EXPECT_THAT(fake.body(0), Not(HasSubstr("timestamp_granularities")));
    EXPECT_THAT(fake.body(1), HasSubstr(part("timestamp_granularities", "segment")));
    for (const int i : {0, 1, 2}) EXPECT_THAT(fake.body(i), Not(HasSubstr("response_format")));

    // The form that was asked for may stand behind the file.
    const auto verbose = upload(
        gateway, form({{"model", "voxtral-mini-2602"}}, "x", {{"response_format", "verbose_json"}})
    );
    EXPECT_THAT(fake.body(3), HasSubstr(part("timestamp_granularities", "segment")));
    EXPECT_EQ(at(verbose.body, "/task"), "\"transcribe\"");
    EXPECT_EQ(at(verbose.body, "/duration"), "2");
    EXPECT_EQ(at(verbose.body, "/segments/0/text"), "\"Hello world.\"");
    EXPECT_EQ(at(verbose.body, "/segments/0/end"), "1.5E0");

    const auto plain = upload(gateway, form({{"model", "voxtral-mini-2602"}}, "x"));
    EXPECT_EQ(at(plain.body, "/model"), "\"voxtral-mini-2602\"");
    EXPECT_EQ(at(plain.body, "/usage/type"), "\"tokens\"");
    EXPECT_EQ(at(plain.body, "/usage/input_tokens"), "4");
    const auto cost = std::stod(std::string(plain.header("x-sluice-cost-usd")));
    EXPECT_NEAR(cost, 0.0001, 1e-9) << "two seconds at 0.18 an hour";
}

TEST(Transcription, mistral_streams_as_openai_does)
{
    FakeUpstream fake(sse({fixture("mistral_transcription_stream.sse")}));
    auto gateway = gateway_to(fake, "mistral");
    const auto answer =
        upload(gateway, form({{"model", "voxtral-mini-2602"}, {"stream", "true"}}, "x"));
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.header("content-type"), "text/event-stream");
    EXPECT_THAT(
        answer.body, HasSubstr(R"(data: {"type":"transcript.text.delta","delta":"Hello"})")
    );
    EXPECT_THAT(answer.body, HasSubstr(R"({"type":"transcript.text.done","text":"Hello world.")"));
    EXPECT_THAT(answer.body, Not(HasSubstr("transcription.")));
}

TEST(Transcription, openai_streams_pass_as_they_are)
{
    const auto events = fixture("openai_transcription_stream.sse");
    FakeUpstream fake(sse({events}));
    TestGateway gateway({{"main", fake.url()}});
    const auto answer = upload(gateway, form(fake_model, "x", {{"stream", "true"}}));
    EXPECT_EQ(answer.body + (events.ends_with("\n\n") ? "" : "\n"), events);
    EXPECT_TRUE(answer.complete);
}

TEST(Transcription, stream_that_is_cut_ends_in_an_error)
{
    const auto events = fixture("openai_transcription_stream.sse");
    FakeUpstream fake(sse({events.substr(0, events.find("\n\n") + 2)}));
    TestGateway gateway({{"main", fake.url()}});
    const auto answer = upload(gateway, form(fake_model, "x", {{"stream", "true"}}));
    EXPECT_EQ(answer.status, 200);
    EXPECT_THAT(answer.body, HasSubstr("data: {\"error\":{\"message\":"));
}

TEST(Transcription, format_that_a_model_lacks_is_made_or_refused)
{
    FakeUpstream fake(json(fixture("openai_transcription.json")));
    auto gateway = gateway_to(fake, "openai");
    const auto text =
        upload(gateway, form({{"model", "gpt-transcribe"}, {"response_format", "text"}}, "x"));
    EXPECT_EQ(text.body, "Hello world.\n");
    EXPECT_THAT(fake.body(0), HasSubstr(part("response_format", "json")));
    const auto srt =
        upload(gateway, form({{"model", "gpt-transcribe"}, {"response_format", "srt"}}, "x"));
    EXPECT_EQ(srt.status, 400);
    EXPECT_EQ(at(srt.body, "/error/param"), "\"response_format\"");
    EXPECT_EQ(fake.requests(), 1);
}

TEST(Transcription, verbose_json_of_whisper_passes_and_is_paid_by_its_seconds)
{
    FakeUpstream fake(json(fixture("openai_transcription_verbose.json")));
    auto gateway = gateway_to(fake, "openai");
    const auto answer =
        upload(gateway, form({{"model", "whisper-1"}, {"response_format", "verbose_json"}}, "x"));
    EXPECT_EQ(at(answer.body, "/segments/0/tokens/0"), "50364");
    EXPECT_EQ(at(answer.body, "/language"), "\"english\"");
    EXPECT_EQ(at(answer.body, "/model"), "\"whisper-1\"");
    const auto cost = std::stod(std::string(answer.header("x-sluice-cost-usd")));
    EXPECT_NEAR(cost, 0.0002, 1e-9) << "two seconds at 0.36 an hour";
}

TEST(Transcription, translation_is_openais_alone)
{
    FakeUpstream fake(json(transcribed));
    auto openai = gateway_to(fake, "openai");
    const auto body = form({{"model", "whisper-1"}}, "x");
    EXPECT_EQ(upload(openai, body, "/v1/audio/translations").status, 200);
    EXPECT_THAT(fake.head(0), HasSubstr("/v1/audio/translations"));
    auto mistral = gateway_to(fake, "mistral");
    const auto refused =
        upload(mistral, form({{"model", "voxtral-mini-2602"}}, "x"), "/v1/audio/translations");
    EXPECT_EQ(refused.status, 400) << refused.body;
}

TEST(Speech, bytes_come_as_they_are)
{
    FakeUpstream fake(
        raw("HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\nTransfer-Encoding: chunked\r\n\r\n" +
                chunked(std::string("ID3\0", 4)) + chunked("rest") + "0\r\n\r\n",
            true)
    );
    auto gateway = gateway_to(fake, "openai");
    const auto answer = post(
        gateway.port(),
        "/v1/audio/speech",
        R"({"model":"gpt-4o-mini-tts","input":"hi","voice":"v"})"
    );
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.header("content-type"), "audio/mpeg");
    EXPECT_EQ(answer.body, std::string("ID3\0rest", 8));
    EXPECT_EQ(fake.body(0), R"({"model":"gpt-4o-mini-tts","input":"hi","voice":"v"})");
}

TEST(Speech, cut_audio_does_not_look_whole)
{
    FakeUpstream fake(raw(
        "HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\nContent-Length: 100\r\n\r\nshort", false
    ));
    auto gateway = gateway_to(fake, "openai");
    EXPECT_FALSE(
        post(gateway.port(), "/v1/audio/speech", R"({"model":"gpt-4o-mini-tts","input":"hi"})")
            .complete
    );
}

TEST(Speech, provider_without_it_says_so)
{
    FakeUpstream fake(json("{}"));
    auto gateway = gateway_to(fake, "mistral");
    const auto answer =
        post(gateway.port(), "/v1/audio/speech", R"({"model":"mistral/voxtral-tts","input":"hi"})");
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(fake.requests(), 0);
}

TEST(Moderation, passes_with_the_providers_default_model)
{
    const std::string verdict = R"({"id":"m","model":"x","results":[{"flagged":false}]})";
    FakeUpstream fake(json(verdict));
    for (const auto* type : {"openai", "mistral"}) {
        auto gateway = gateway_to(fake, type);
        const auto answer = post(gateway.port(), "/v1/moderations", R"({"input":"hi"})");
        EXPECT_EQ(answer.status, 200) << answer.body;
        EXPECT_EQ(answer.body, verdict);
    }
    EXPECT_EQ(at(fake.body(0), "/model"), "\"omni-moderation-latest\"");
    EXPECT_EQ(at(fake.body(1), "/model"), "\"mistral-moderation-2603\"");
}

}  // namespace
}  // namespace sluice::test
