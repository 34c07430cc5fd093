#pragma once

#include "core/sse.hpp"
#include "providers/registry.hpp"
#include "support/canonical.hpp"
#include "support/fixture.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

/// What every case of every provider is held against. A case has some of:
///
///   client.json              a chat request; its model is the target's
///   replays.json             what is known of its tool calls: "call_id", "provider_type", "value"
///   endpoint.json            what differs from the type's own dialect, by name
///   upstream_request.json    {"target", "warnings", "body"}, or what expected.json is for an error
///   upstream_head.txt        status line and headers of the answer; absent: 200
///   upstream_response.json   or .sse, or .txt: the answer
///   expected.json, .sse      what it is canonically (support/canonical.hpp)
namespace sluice::test {

/// Makes 1.0 and 1e0 the integer that they are, so that values compare whatever their spelling.
inline void normalize(boost::json::value& value)
{
    if (auto* object = value.if_object())
        for (auto& member : *object) normalize(member.value());
    if (auto* array = value.if_array())
        for (auto& element : *array) normalize(element);
    const auto* number = value.if_double();
    constexpr double exact = 9e15;  // a double holds every integer up to here
    if (number && std::abs(*number) < exact && std::trunc(*number) == *number)
        value = static_cast<std::int64_t>(*number);
}

/// JSON text to be compared by value.
inline boost::json::value value_of(std::string_view json_text)
{
    auto tree = json::parse_tree(json_text);
    EXPECT_TRUE(tree) << json_text;
    if (!tree) return {};
    normalize(*tree);
    return *tree;
}

inline DialectOptions dialect_of(const Fixture& fixture)
{
    auto dialect = find_provider(fixture.provider())->dialect;
    if (!fixture.has("endpoint.json")) return dialect;
    const auto options = value_of(fixture.read("endpoint.json"));
    const auto set = [&](const char* name, bool& option) {
        if (const auto* found = options.as_object().if_contains(name)) option = found->as_bool();
    };
    set("max_completion_tokens", dialect.max_completion_tokens);
    set("developer_role", dialect.developer_role);
    set("stream_usage", dialect.stream_usage);
    set("tools", dialect.tools);
    set("images", dialect.images);
    set("audio", dialect.audio);
    set("files", dialect.files);
    set("json_schema", dialect.json_schema);
    set("extra_fields", dialect.extra_fields);
    if (const auto* fields = options.as_object().if_contains("unsupported"))
        for (const auto& field : fields->as_array())
            dialect.unsupported.emplace_back(field.as_string());
    return dialect;
}

/// The request as the API reads it, for bodies that keep its rules.
inline ChatRequest chat_of(std::string body)
{
    ChatRequest chat;
    chat.document = json::Document::parse(std::move(body)).value();
    const auto& fields = chat.document;
    const auto says = [&](std::string_view text) { return fields.text().contains(text); };
    const auto number = [&](std::string_view name) {
        return fields.find(name).and_then(json::as_integer);
    };
    chat.model = fields.find("model").and_then(json::as_string).value_or("");
    chat.stream = fields.find("stream") == "true";
    chat.include_usage = says("include_usage");
    chat.max_tokens = number("max_completion_tokens");
    if (!chat.max_tokens) chat.max_tokens = number("max_tokens");
    chat.needs.tools = fields.find("tools").value_or("[]") != "[]";
    chat.needs.custom_tools = chat.needs.tools && says("\"custom\"");
    chat.needs.json_schema = says("\"json_schema\"");
    chat.needs.json_mode = says("\"json_object\"");
    chat.needs.images = says("\"image_url\"");
    chat.needs.audio = says("\"input_audio\"");
    chat.needs.files = says("\"file\"");
    chat.needs.logprobs = fields.find("logprobs") == "true";
    chat.needs.n = number("n").value_or(1);
    return chat;
}

/// What the case's caller asks for.
inline ChatRequest request_of(const Fixture& fixture)
{
    auto chat = chat_of(fixture.read("client.json"));
    if (!fixture.has("replays.json")) return chat;
    const auto replays = json::parse_tree(fixture.read("replays.json")).value();
    for (const auto& replay : replays.as_array())
        chat.replays.push_back({
            .call_id = std::string(replay.at("call_id").as_string()),
            .provider_type = std::string(replay.at("provider_type").as_string()),
            .json_text = json::serialize(replay.at("value")),
        });
    return chat;
}

/// An endpoint of the provider's type and a deployment of a model there.
struct Target {
    Endpoint endpoint;
    Deployment deployment;

    Target(std::string_view provider, std::string_view model, DialectOptions dialect)
        : endpoint{
              .provider = std::string(provider),
              .origin = {.tls = true, .host = "provider.test", .port = 443},
              .base_path = "/v1",
              .api_key = "sk-test",
              .headers = {},
              .dialect = std::move(dialect)
          }
    {
        deployment.endpoint = &endpoint;
        deployment.model = model;
    }
    Target(const Target&) = delete;
    Target& operator=(const Target&) = delete;
};

/// Encodes client.json and compares with upstream_request.json.
inline void expect_encodes(const Fixture& fixture)
{
    const auto chat = request_of(fixture);
    const Target target(fixture.provider(), chat.model, dialect_of(fixture));
    const auto& translator = *find_provider(fixture.provider())->translator;
    const auto call = translator.encode(chat, target.deployment, {});
    EXPECT_EQ(value_of(to_json(call)), value_of(fixture.read("upstream_request.json")))
        << to_json(call);
    if (call) EXPECT_NE(call->reader, nullptr);
}

/// Members that the caller's body and the one sent have alike are alike to the byte.
inline void expect_bytes_kept(const Fixture& fixture)
{
    const auto chat = chat_of(fixture.read("client.json"));
    const Target target(fixture.provider(), chat.model, dialect_of(fixture));
    const auto call =
        find_provider(fixture.provider())->translator->encode(chat, target.deployment, {});
    if (!call || call->request.target != "/v1/chat/completions") return;
    const auto sent = json::Document::parse(call->request.body);
    ASSERT_TRUE(sent) << call->request.body;
    for (const auto& member : chat.document.members()) {
        const auto value = chat.document.value(member);
        const auto found = sent->find(chat.document.key(member));
        if (found && value_of(*found) == value_of(value)) EXPECT_EQ(*found, value);
    }
}

/// The reader for the case's answer: of its own call where it has one, else of a plain one.
inline const AnswerReader& reader_for(const Fixture& fixture)
{
    const auto chat = chat_of(
        fixture.has("client.json") ? fixture.read("client.json")
                                   : R"({"model":"","messages":[{"role":"user","content":"Hi"}]})"
    );
    const Target target(fixture.provider(), chat.model, dialect_of(fixture));
    return *find_provider(fixture.provider())
                ->translator->encode(chat, target.deployment, {})
                .value()
                .reader;
}

/// upstream_head.txt and the body that goes with it.
inline HttpResponse response_of(const Fixture& fixture)
{
    HttpResponse response{.status = 200, .headers = {}, .body = {}};
    const auto* file =
        fixture.has("upstream_response.txt") ? "upstream_response.txt" : "upstream_response.json";
    response.body = fixture.read(file);
    if (!fixture.has("upstream_head.txt")) return response;
    std::istringstream head(fixture.read("upstream_head.txt"));
    std::string line;
    std::getline(head, line);
    std::from_chars(line.data() + 9, line.data() + 12, response.status);  // after "HTTP/1.1 "
    while (std::getline(head, line)) {
        const auto colon = line.find(": ");
        if (colon != line.npos)
            response.headers.push_back({line.substr(0, colon), line.substr(colon + 2)});
    }
    return response;
}

/// Reads the whole answer as what expected.json shows: models, embeddings, chat, or an error.
inline std::string decode(const Fixture& fixture, const boost::json::object& expected)
{
    const auto& translator = *find_provider(fixture.provider())->translator;
    const auto response = response_of(fixture);
    if (response.status != 200) return to_json(translator.decode_error(response));
    if (expected.contains("models")) return to_json(translator.decode_models(response.body));
    if (expected.contains("embeddings"))
        return to_json(translator.decode_embeddings(response.body));
    return to_json(reader_for(fixture).decode(response.body));
}

inline void expect_decodes(const Fixture& fixture)
{
    const auto expected = value_of(fixture.read("expected.json"));
    const auto ours = decode(fixture, expected.as_object());
    EXPECT_EQ(value_of(ours), expected) << ours;
}

/// The canonical deltas of a stream that arrives in pieces of this size, an event each, and then
/// how it ended.
inline std::string replay(const AnswerReader& reader, std::string_view bytes, std::size_t piece)
{
    std::string out;
    SseParser parser;
    const auto decoder = reader.stream_decoder();
    const auto show = [&](const SseEvent& event) {
        const auto delta = read_event(*decoder, event);
        if (!delta || !delta->empty()) append_event(out, to_json(delta));
    };
    for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
        parser.feed(bytes.substr(0, piece));
        while (const auto event = parser.next().value()) show(*event);
    }
    if (const auto event = parser.finish()) show(*event);
    const auto end = decoder->finish();
    append_event(
        out,
        "end",
        concat(
            decoder->complete() ? "complete, " : "cut off, ",
            end ? "whole" : code_of(end.error().kind)
        )
    );
    return out;
}

inline void expect_replays(const Fixture& fixture)
{
    const auto upstream = fixture.read("upstream_response.sse");
    const auto& reader = reader_for(fixture);
    const auto whole = replay(reader, upstream, upstream.size());
    EXPECT_EQ(whole, fixture.read("expected.sse"));
    EXPECT_EQ(whole, replay(reader, upstream, 1)) << "byte by byte";
}

}  // namespace sluice::test
