#include "core/digest.hpp"
#include "core/sse.hpp"
#include "support/chat_calls.hpp"
#include "support/fake_upstream.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

namespace sluice::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr auto path = "/v1/responses";

std::string fixture_text(const std::string& name)
{
    std::ifstream file(std::string(SLUICE_SOURCE_DIR "/tests/fixtures/api/responses/") + name);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// The upstream of this name speaks the Responses API.
auto speaks_responses(std::string_view name)
{
    return [name = std::string(name)](Config& config) {
        for (auto& provider : config.providers)
            if (provider.name == name) provider.type = "openai";
    };
}

RawResponse create(TestGateway& gateway, const std::string& members, std::string_view headers = "")
{
    return post(gateway.port(), path, concat(R"({"model":"auto",)", members, "}"), headers);
}
std::string id_of(const RawResponse& answer)
{
    return unquoted(at(answer.body, "/id"));
}
std::string continuing(const std::string& id, std::string_view input)
{
    return concat(R"("previous_response_id":")", id, R"(","input":")", input, "\"");
}
std::string path_of(const std::string& id, std::string_view more = "")
{
    return concat(path, "/", id, more);
}

struct Event {
    std::string type;
    std::string data;
};
std::vector<Event> events_of(const RawResponse& answer)
{
    std::vector<Event> events;
    SseParser parser;
    parser.feed(answer.body);
    while (auto event = parser.next().value())
        events.push_back({std::string(event->type), std::string(event->data)});
    return events;
}
void expect_orderly(const std::vector<Event>& events)
{
    for (std::size_t i = 0; i < events.size(); ++i) {
        EXPECT_EQ(at(events[i].data, "/type"), concat("\"", events[i].type, "\""));
        EXPECT_EQ(at(events[i].data, "/sequence_number"), std::to_string(i));
    }
}

/// The events of a recorded stream, for the fake to send.
std::vector<std::string> recorded(const std::string& name)
{
    std::vector<std::string> events;
    const auto text = fixture_text(name);
    for (std::size_t begin = 0; begin < text.size();) {
        const auto end = text.find("\n\n", begin) + 2;
        events.push_back(text.substr(begin, end - begin));
        begin = end;
    }
    return events;
}

TEST(Responses, of_a_provider_of_chat_are_created_read_and_deleted)
{
    FakeUpstream fake(chat_answer("Paris."));
    TestGateway gateway({{"main", fake.url()}});
    const auto created =
        create(gateway, R"("instructions":"Be brief.","input":"Capital of France?")");
    ASSERT_EQ(created.status, 200) << created.body;
    EXPECT_EQ(at(created.body, "/output/0/content/0/text"), R"("Paris.")");
    EXPECT_EQ(at(created.body, "/status"), R"("completed")");
    EXPECT_EQ(
        at(fake.body(0), "/messages"),
        R"([{"role":"system","content":"Be brief."},{"role":"user","content":"Capital of France?"}])"
    );

    const auto id = id_of(created);
    EXPECT_THAT(id, StartsWith("resp_"));
    const auto read = get(gateway.port(), path_of(id));
    EXPECT_EQ(read.status, 200);
    EXPECT_EQ(read.body, created.body);
    const auto items = get(gateway.port(), path_of(id, "/input_items?limit=1"));
    EXPECT_EQ(at(items.body, "/data/0/content/0/text"), R"("Capital of France?")");
    EXPECT_EQ(at(items.body, "/has_more"), "false");
    const auto cancelled = post(gateway.port(), path_of(id, "/cancel"), "{}");
    EXPECT_EQ(cancelled.status, 400);

    const auto deleted = call(gateway.port(), "DELETE", path_of(id));
    EXPECT_EQ(deleted.body, concat(R"({"id":")", id, R"(","object":"response","deleted":true})"));
    for (const auto& gone :
         {get(gateway.port(), path_of(id)),
          get(gateway.port(), path_of(id, "/input_items")),
          call(gateway.port(), "DELETE", path_of(id)),
          post(gateway.port(), path_of(id, "/cancel"), "{}")}) {
        EXPECT_EQ(gone.status, 404);
        EXPECT_EQ(at(gone.body, "/error/type"), R"("invalid_request_error")");
        EXPECT_THAT(gone.body, HasSubstr(id));
    }
}

TEST(Responses, of_a_provider_of_chat_stream_and_can_be_continued_at_once)
{
    FakeUpstream fake(in_turn({chat_stream({"Hel", "lo"}), chat_answer("Again.")}));
    TestGateway gateway({{"main", fake.url()}});
    const auto events = events_of(create(gateway, R"("stream":true,"input":"hi")"));
    ASSERT_GT(events.size(), 4);
    expect_orderly(events);
    EXPECT_EQ(events.front().type, "response.created");
    EXPECT_EQ(events.back().type, "response.completed");
    EXPECT_EQ(at(events.back().data, "/response/output/0/content/0/text"), R"("Hello")");
    EXPECT_THAT(at(events.back().data, "/response/usage/output_tokens"), Not("(none)"));

    const auto id = unquoted(at(events.back().data, "/response/id"));
    const auto next = create(gateway, continuing(id, "and again"));
    ASSERT_EQ(next.status, 200) << next.body;
    EXPECT_EQ(
        at(fake.body(1), "/messages"),
        R"([{"role":"user","content":"hi"},{"role":"assistant","content":"Hello"},{"role":"user","content":"and again"}])"
    );
    EXPECT_EQ(at(next.body, "/previous_response_id"), concat("\"", id, "\""));
}

TEST(Responses, of_a_provider_of_responses_pass_through_and_are_kept_here_alone)
{
    FakeUpstream fake(json(fixture_text("native.json")));
    TestGateway gateway({{"main", fake.url()}}, speaks_responses("main"));
    const auto created = create(gateway, R"("input":"Capital of France?", "truncation": "auto")");
    ASSERT_EQ(created.status, 200) << created.body;
    EXPECT_THAT(fake.head(0), StartsWith("POST /v1/responses "));
    EXPECT_THAT(fake.body(0), HasSubstr(R"("input":"Capital of France?", "truncation": "auto")"));
    EXPECT_EQ(at(fake.body(0), "/store"), "false");
    EXPECT_EQ(id_of(created), "resp_0001");
    EXPECT_EQ(at(created.body, "/store"), "true") << "as the caller sees it";

    const auto next = create(gateway, continuing("resp_0001", "And of Italy?"));
    ASSERT_EQ(next.status, 200) << next.body;
    EXPECT_EQ(at(fake.body(1), "/previous_response_id"), "(none)");
    EXPECT_EQ(at(fake.body(1), "/input/0/content"), R"("Capital of France?")");
    EXPECT_EQ(at(fake.body(1), "/input/1/encrypted_content"), R"("b3BhcXVl")");
    EXPECT_EQ(at(fake.body(1), "/input/2/id"), R"("msg_0001")");
    EXPECT_EQ(at(fake.body(1), "/input/3/content"), R"("And of Italy?")");
    EXPECT_EQ(at(next.body, "/previous_response_id"), R"("resp_0001")");
}

TEST(Responses, of_a_provider_of_responses_stream_event_by_event)
{
    FakeUpstream fake(sse(recorded("native.sse")));
    TestGateway gateway({{"main", fake.url()}}, speaks_responses("main"));
    const auto answer = create(gateway, R"("stream":true,"input":"hi")");
    EXPECT_EQ(answer.body, fixture_text("native.sse"));
    EXPECT_EQ(get(gateway.port(), path_of("resp_0001")).status, 200);
}

TEST(Responses, survive_a_fallback_to_a_provider_of_another_kind)
{
    FakeUpstream first(in_turn({json(fixture_text("native.json")), status(503)}));
    FakeUpstream second(chat_answer("Rome."));
    TestGateway gateway(
        {{"first", first.url()}, {"second", second.url()}}, speaks_responses("first")
    );
    ASSERT_EQ(create(gateway, R"("input":"Capital of France?")").status, 200);
    const auto next = create(gateway, continuing("resp_0001", "And of Italy?"));
    ASSERT_EQ(next.status, 200) << next.body;
    EXPECT_EQ(at(next.body, "/output/0/content/0/text"), R"("Rome.")");
    EXPECT_EQ(
        at(second.body(0), "/messages"),
        R"([{"role":"user","content":"Capital of France?"},{"role":"assistant","content":"The capital of France is Paris."},{"role":"user","content":"And of Italy?"}])"
    );
}

TEST(Responses, can_be_referred_to_item_by_item)
{
    FakeUpstream fake(chat_answer("Paris."));
    TestGateway gateway({{"main", fake.url()}});
    const auto created = create(gateway, R"("input":"Capital of France?")");
    const auto item = at(created.body, "/output/0/id");
    const auto next = create(
        gateway,
        concat(
            R"("input":[{"type":"item_reference","id":)",
            item,
            R"(},{"role":"user","content":"Sure?"}])"
        )
    );
    ASSERT_EQ(next.status, 200) << next.body;
    EXPECT_EQ(
        at(fake.body(1), "/messages"),
        R"([{"role":"assistant","content":"Paris."},{"role":"user","content":"Sure?"}])"
    );
    EXPECT_EQ(get(gateway.port(), path_of(unquoted(item))).status, 404) << "it is no response";
    EXPECT_EQ(create(gateway, continuing(unquoted(item), "x")).status, 400);
}

TEST(Responses, that_are_not_to_be_stored_are_forgotten)
{
    FakeUpstream fake(chat_answer("yes"));
    TestGateway gateway({{"main", fake.url()}});
    const auto created = create(gateway, R"("input":"hi","store":false)");
    EXPECT_EQ(at(created.body, "/store"), "false");
    EXPECT_EQ(get(gateway.port(), path_of(id_of(created))).status, 404);
}

TEST(Responses, of_other_callers_do_not_exist)
{
    FakeUpstream fake(chat_answer("yes"));
    TestGateway gateway({{"main", fake.url()}}, [](Config& config) {
        for (const std::string name : {"one", "two"}) {
            GatewayKeyConfig key;
            key.name = name;
            key.sha256 = sha256_hex("sk-gate-" + name);
            config.auth.keys.push_back(key);
        }
    });
    const std::string one = "Authorization: Bearer sk-gate-one\r\n";
    const std::string two = "Authorization: Bearer sk-gate-two\r\n";
    const auto id = id_of(create(gateway, R"("input":"hi")", one));
    EXPECT_EQ(get(gateway.port(), path_of(id), one).status, 200);
    EXPECT_EQ(get(gateway.port(), path_of(id), two).status, 404);
    EXPECT_EQ(get(gateway.port(), path_of(id)).status, 401);
    EXPECT_EQ(call(gateway.port(), "DELETE", path_of(id), "", two).status, 404);

    const auto refused = create(gateway, continuing(id, "x"), two);
    EXPECT_EQ(refused.status, 400);
    EXPECT_EQ(at(refused.body, "/error/code"), R"("previous_response_not_found")");
    EXPECT_EQ(at(refused.body, "/error/param"), R"("previous_response_id")");
    EXPECT_EQ(create(gateway, continuing(id, "x"), one).status, 200);
}

TEST(Responses, that_break_off_end_with_the_error_and_are_not_kept)
{
    FakeUpstream fake([](Peer& peer) {
        peer.send(stream_head());
        peer.send(chunked(chunk_event("Half an")));
        peer.reset();
        return false;
    });
    TestGateway gateway({{"main", fake.url()}});
    const auto events = events_of(create(gateway, R"("stream":true,"input":"hi")"));
    ASSERT_GT(events.size(), 3);
    expect_orderly(events);
    const auto& error = events[events.size() - 2];
    EXPECT_EQ(error.type, "error");
    EXPECT_EQ(at(error.data, "/code"), at(error.data, "/error/code"));
    EXPECT_EQ(events.back().type, "response.failed");
    const auto id = unquoted(at(events.back().data, "/response/id"));
    EXPECT_EQ(get(gateway.port(), path_of(id)).status, 404);
}

TEST(Responses, that_only_the_api_itself_can_give_are_refused_elsewhere)
{
    FakeUpstream fake(chat_answer("yes"));
    TestGateway gateway({{"main", fake.url()}});
    const auto hosted = create(gateway, R"("input":"hi","tools":[{"type":"web_search"}])");
    EXPECT_EQ(hosted.status, 400) << hosted.body;
    EXPECT_EQ(at(hosted.body, "/error/param"), R"("tools[0]")");
    const auto background = create(gateway, R"("input":"hi","background":true)");
    EXPECT_EQ(background.status, 400);
    EXPECT_EQ(at(background.body, "/error/param"), R"("background")");
    EXPECT_EQ(fake.requests(), 0);
}

}  // namespace
}  // namespace sluice::test
