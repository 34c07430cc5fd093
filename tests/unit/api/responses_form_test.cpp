#include "api/responses_form.hpp"

#include "api/json_look.hpp"
#include "core/sse.hpp"

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

namespace sluice {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const Usage usage{.prompt = 36, .completion = 18, .total = 54, .cached = 4, .reasoning = 8};
const AnswerFacts facts{
    .request_id = "req-1", .provider = "main", .model = "asked-model", .created = 1795176000
};

std::string fixture(const std::string& name)
{
    std::ifstream file(std::string(SLUICE_SOURCE_DIR "/tests/fixtures/api/responses/") + name);
    return {std::istreambuf_iterator<char>(file), {}};
}

boost::json::value tree(std::string_view text)
{
    return boost::json::parse(text);
}

/// msg_1, fc_2, …
NewId counted()
{
    return [count = 0](std::string_view prefix) mutable {
        return concat(prefix, std::to_string(++count));
    };
}

ResponsesRequest request_with(const std::string& members)
{
    auto request =
        parse_responses_request(concat(R"({"model":"asked-model","input":"hi")", members, "}"));
    EXPECT_TRUE(request);
    return *std::move(request);
}

const std::string settings =
    R"(,"instructions":"Be brief.","temperature":0.5,"metadata":{"a":"b"},"previous_response_id":"resp_0",)"
    R"("tools":[{"type":"function","name":"f"}],"tool_choice":"required","reasoning":{"effort":"low"},"text":{})";

ResponsesRequest whole_request()
{
    return request_with(settings);
}

ChatDelta delta(ChoiceDelta choice)
{
    ChatDelta out;
    out.model = "real-model";
    out.choices.push_back(std::move(choice));
    return out;
}
ChatDelta role()
{
    ChoiceDelta choice;
    choice.role = true;
    return delta(choice);
}
ChatDelta said(std::string text)
{
    ChoiceDelta choice;
    choice.content = std::move(text);
    return delta(choice);
}
ChatDelta thought(std::string text)
{
    ChoiceDelta choice;
    choice.reasoning = std::move(text);
    return delta(choice);
}
ChatDelta refused(std::string text)
{
    ChoiceDelta choice;
    choice.refusal = std::move(text);
    return delta(choice);
}
ChatDelta called(ToolCallDelta call)
{
    ChoiceDelta choice;
    choice.tool_calls.push_back(std::move(call));
    return delta(choice);
}
ChatDelta ended(FinishReason reason)
{
    ChoiceDelta choice;
    choice.finish = reason;
    return delta(choice);
}

struct Event {
    std::string type;
    json::Document data;
};
std::vector<Event> events_of(const std::string& stream)
{
    std::vector<Event> events;
    SseParser parser;
    parser.feed(stream);
    while (auto event = parser.next().value())
        events.push_back({std::string(event->type), object_of(event->data)});
    return events;
}
std::vector<std::string> types_of(const std::string& stream)
{
    std::vector<std::string> types;
    for (const auto& event : events_of(stream)) types.push_back(event.type);
    return types;
}
/// Every event says its type twice and has the next number.
void expect_orderly(const std::string& stream)
{
    std::int64_t next = 0;
    for (const auto& [type, data] : events_of(stream)) {
        EXPECT_EQ(text_at(data, "type"), type);
        EXPECT_EQ(data.find("sequence_number"), std::to_string(next++)) << data.text();
    }
}

std::string streamed(ResponsesForm& form, const std::vector<ChatDelta>& deltas)
{
    std::string out;
    form.begin(out, facts);
    for (const auto& one : deltas) form.append(out, one);
    form.finish(out, usage);
    return out;
}

const std::vector<ChatDelta> long_answer{
    role(),
    thought("Let me "),
    thought("think."),
    said("One"),
    said(" moment."),
    called({.index = 0, .id = "call_a", .name = "f", .arguments = ""}),
    called({.index = 1, .id = "call_b", .name = "g", .arguments = "{\"x\":"}),
    called({.index = 0, .id = "", .name = "", .arguments = "{}"}),
    called({.index = 1, .id = "", .name = "", .arguments = "1}"}),
    called({.index = 2, .id = "call_c", .name = "h", .arguments = "free", .custom = true}),
    ended(FinishReason::tool_calls),
};

TEST(ResponsesForm, a_chat_stream_becomes_the_events_of_a_response)
{
    ResponsesForm form(whole_request(), counted());
    const auto out = streamed(form, long_answer);
    expect_orderly(out);
    EXPECT_EQ(out, fixture("stream.sse"));
    EXPECT_EQ(form.response(), events_of(out).back().data.find("response"));
}

TEST(ResponsesForm, a_chat_answer_becomes_a_response)
{
    ChatResponse response;
    response.model = "real-model";
    response.usage = usage;
    auto& choice = response.choices.emplace_back();
    choice.reasoning = "Let me think.";
    choice.content = "One moment.";
    choice.tool_calls = {
        {.id = "call_a", .name = "f", .arguments = "{}"},
        {.id = "call_b", .name = "g", .arguments = "{\"x\":1}"},
        {.id = "call_c", .name = "h", .arguments = "free", .custom = true},
    };
    choice.finish = FinishReason::tool_calls;
    ResponsesForm form(whole_request(), counted());
    const auto body = form.whole(std::move(response), facts);
    EXPECT_EQ(tree(body), tree(fixture("whole.json"))) << body;
    EXPECT_EQ(form.response(), body);

    ResponsesForm same(whole_request(), counted());
    streamed(same, long_answer);
    EXPECT_EQ(tree(same.response()), tree(body)) << "a stream ends with the same object";
}

TEST(ResponsesForm, every_response_object_has_every_key_that_clients_demand)
{
    ResponsesForm form(request_with(""), counted());
    const auto out = streamed(form, {said("x"), ended(FinishReason::stop)});
    int responses = 0;
    for (const auto& [type, data] : events_of(out)) {
        if (!has(data, "response")) continue;
        ++responses;
        const auto response = object_of(*data.find("response"));
        for (const auto* key :
             {"id",
              "object",
              "created_at",
              "error",
              "tools",
              "output",
              "incomplete_details",
              "instructions",
              "model",
              "status",
              "parallel_tool_calls",
              "metadata",
              "tool_choice",
              "temperature",
              "top_p",
              "usage",
              "store",
              "truncation",
              "previous_response_id",
              "reasoning",
              "text"})
            EXPECT_TRUE(response.contains(key)) << type << " without " << key;
    }
    EXPECT_EQ(responses, 3);
}

struct EndCase {
    const char* name;
    FinishReason finish;
    const char* type;
    const char* details;
};
class ResponsesEnd : public testing::TestWithParam<EndCase> {};
TEST_P(ResponsesEnd, tells_whether_something_is_missing)
{
    ResponsesForm form(request_with(""), counted());
    const auto end = events_of(streamed(form, {said("x"), ended(GetParam().finish)})).back();
    EXPECT_EQ(end.type, GetParam().type);
    const auto response = object_of(*end.data.find("response"));
    EXPECT_EQ(concat("response.", text_at(response, "status")), GetParam().type);
    EXPECT_EQ(response.find("incomplete_details"), GetParam().details);
}
INSTANTIATE_TEST_SUITE_P(
    table,
    ResponsesEnd,
    testing::Values(
        EndCase{"stop", FinishReason::stop, "response.completed", "null"},
        EndCase{"calls", FinishReason::tool_calls, "response.completed", "null"},
        EndCase{
            "length",
            FinishReason::length,
            "response.incomplete",
            R"({"reason":"max_output_tokens"})"
        },
        EndCase{
            "filter",
            FinishReason::content_filter,
            "response.incomplete",
            R"({"reason":"content_filter"})"
        }
    ),
    [](const auto& info) { return info.param.name; }
);

TEST(ResponsesForm, a_refusal_is_a_part_of_the_message)
{
    ResponsesForm form(request_with(""), counted());
    const auto out = streamed(
        form, {said("Hm."), refused("I "), refused("will not."), ended(FinishReason::stop)}
    );
    expect_orderly(out);
    EXPECT_THAT(
        types_of(out),
        ElementsAre(
            "response.created",
            "response.in_progress",
            "response.output_item.added",
            "response.content_part.added",
            "response.output_text.delta",
            "response.output_text.done",
            "response.content_part.done",
            "response.content_part.added",
            "response.refusal.delta",
            "response.refusal.delta",
            "response.refusal.done",
            "response.content_part.done",
            "response.output_item.done",
            "response.completed"
        )
    );
    EXPECT_THAT(form.response(), HasSubstr(R"({"type":"refusal","refusal":"I will not."})"));
}

TEST(ResponsesForm, an_empty_answer_is_an_empty_message)
{
    ResponsesForm form(request_with(""), counted());
    const auto out = streamed(form, {role(), ended(FinishReason::stop)});
    expect_orderly(out);
    EXPECT_THAT(form.response(), HasSubstr(R"("logprobs":[],"text":"")"));
}

TEST(ResponsesForm, a_call_without_arguments_gets_an_empty_object)
{
    ResponsesForm form(request_with(""), counted());
    const auto out = streamed(
        form,
        {called({.index = 0, .id = "c", .name = "f", .arguments = ""}),
         ended(FinishReason::tool_calls)}
    );
    EXPECT_THAT(out, HasSubstr(R"("output_index":0,"delta":"{}")"));
    EXPECT_THAT(form.response(), HasSubstr(R"("arguments":"{}")"));
}

TEST(ResponsesForm, a_stream_that_fails_says_so_in_both_shapes)
{
    ResponsesForm form(request_with(""), counted());
    std::string out;
    form.begin(out, facts);
    form.append(out, said("Half"));
    form.fail(
        out,
        Error{.kind = ErrorKind::stream_interrupted, .message = "The provider closed the stream."}
    );
    expect_orderly(out);
    EXPECT_EQ(out, fixture("failed.sse"));
    EXPECT_EQ(form.response(), "");
}

TEST(ResponsesForm, an_end_that_could_not_be_kept_is_a_failure_with_the_same_numbers)
{
    for (const bool native : {false, true}) {
        ResponsesForm form(request_with(""), counted());
        std::string out;
        form.begin(out, facts);
        if (native) {
            for (const auto& [type, data] : events_of(fixture("native.sse"))) {
                ChatDelta given;
                given.native = NativeEvent{type, data.text()};
                form.append(out, given);
            }
        } else {
            form.append(out, said("x"));
        }
        std::string end;
        form.finish(end, usage);
        form.fail(out, Error{.kind = ErrorKind::internal, .message = "the disk is full"});
        expect_orderly(out);
        EXPECT_EQ(types_of(out).back(), "response.failed");
        EXPECT_EQ(form.response(), "");
    }
}

class NativeResponses : public testing::Test {
protected:
    static std::vector<ChatDelta> deltas(const std::string& stream)
    {
        std::vector<ChatDelta> out;
        for (const auto& [type, data] : events_of(stream)) {
            out.emplace_back();
            out.back().native = NativeEvent{type, data.text()};
        }
        return out;
    }
};

TEST_F(NativeResponses, pass_on_as_they_came_save_where_the_answer_is_kept)
{
    ResponsesForm form(
        request_with(R"(,"previous_response_id":"resp_0","store":false)"), counted()
    );
    auto expected = fixture("native.sse");
    const auto replace = [&](std::string_view from, std::string_view to) {
        for (auto at = expected.find(from); at != expected.npos; at = expected.find(from, at + 1))
            expected.replace(at, from.size(), to);
    };
    replace(R"("previous_response_id":null)", R"("previous_response_id":"resp_0")");
    replace(R"("store":true)", R"("store":false)");
    EXPECT_EQ(streamed(form, deltas(fixture("native.sse"))), expected);
    EXPECT_EQ(form.response(), events_of(expected).back().data.find("response"));
}

TEST_F(NativeResponses, lose_keepalives_which_no_specification_has)
{
    ResponsesForm form(request_with(""), counted());
    const auto given = fixture("native.sse");
    const auto second = given.find("\n\n") + 2;
    const auto with_keepalive = concat(
        given.substr(0, second),
        "event: keepalive\ndata: {\"type\":\"keepalive\",\"sequence_number\":1}\n\n",
        given.substr(second)
    );
    EXPECT_EQ(streamed(form, deltas(with_keepalive)), given);
}

TEST_F(NativeResponses, keep_their_numbers_gapless_where_an_event_was_lost)
{
    ResponsesForm form(request_with(""), counted());
    auto given = deltas(fixture("native.sse"));
    given.erase(given.begin() + 7);
    expect_orderly(streamed(form, given));
}

TEST_F(NativeResponses, that_fail_end_with_the_response_as_far_as_it_was_known)
{
    ResponsesForm form(request_with(""), counted());
    std::string out;
    form.begin(out, facts);
    const auto given = deltas(fixture("native.sse"));
    for (std::size_t i = 0; i < 7; ++i) form.append(out, given[i]);
    form.fail(out, Error{.kind = ErrorKind::idle_timeout, .message = "silence"});
    expect_orderly(out);
    const auto last = events_of(out).back();
    EXPECT_EQ(last.type, "response.failed");
    const auto response = object_of(*last.data.find("response"));
    EXPECT_EQ(text_at(response, "id"), "resp_0001");
    EXPECT_EQ(text_at(response, "status"), "failed");
    EXPECT_THAT(*response.find("error"), HasSubstr(R"("message":"silence")"));
}

TEST_F(NativeResponses, in_one_piece_pass_on_too)
{
    ResponsesForm form(request_with(R"(,"previous_response_id":"resp_0")"), counted());
    ChatResponse response;
    response.native = fixture("native.json");
    response.choices.emplace_back();
    auto expected = tree(fixture("native.json"));
    expected.as_object()["previous_response_id"] = "resp_0";
    EXPECT_EQ(tree(form.whole(std::move(response), facts)), expected);
}

TEST_F(NativeResponses, with_an_id_of_another_kind_get_one_that_can_be_asked_for)
{
    ResponsesForm form(request_with(""), counted());
    ChatResponse response;
    response.native = R"({"id":"abc","object":"response","output":[]})";
    response.choices.emplace_back();
    EXPECT_EQ(tree(form.whole(std::move(response), facts)).at("id"), "resp_1");
}

}  // namespace
}  // namespace sluice
