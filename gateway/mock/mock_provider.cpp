#include "mock/mock_provider.hpp"

#include "core/ids.hpp"
#include "core/json.hpp"
#include "core/sse.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/json/array.hpp>

#include <charconv>
#include <chrono>
#include <cmath>
#include <functional>
#include <vector>

namespace sluice {

namespace {

using namespace std::chrono_literals;
namespace bj = boost::json;

const HeaderBlock json_type{{"content-type", "application/json"}};
const HeaderBlock event_stream_type{{"content-type", "text/event-stream; charset=utf-8"}};

std::string text_of(const bj::object& body, std::string_view key)
{
    const auto* value = body.if_contains(key);
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

/// The text of the last user message, its parts joined.
std::string last_user_text(const bj::object& body)
{
    std::string text;
    const auto* messages = body.if_contains("messages");
    if (!messages || !messages->is_array()) return text;
    for (const auto& message : messages->get_array()) {
        if (!message.is_object() || text_of(message.get_object(), "role") != "user") continue;
        text = text_of(message.get_object(), "content");
        if (const auto* parts = message.get_object().if_contains("content");
            parts && parts->is_array())
            for (const auto& part : parts->get_array())
                if (part.is_object()) text += text_of(part.get_object(), "text");
    }
    return text;
}

/// Words with the space that follows each: a token is a word here.
std::vector<std::string> words(const std::string& text)
{
    std::vector<std::string> out;
    for (std::size_t at = 0; at < text.size();) {
        auto end = text.find(' ', at);
        end = end == std::string::npos ? text.size() : end + 1;
        out.push_back(text.substr(at, end - at));
        at = end;
    }
    return out;
}

bj::object usage_of(const bj::object& body, std::size_t completion)
{
    const auto prompt = words(last_user_text(body)).size();
    return {
        {"prompt_tokens", prompt},
        {"completion_tokens", completion},
        {"total_tokens", prompt + completion}
    };
}

std::int64_t unix_now()
{
    return std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
}

bj::object tool_call(const bj::object& body)
{
    std::string name = "no_tool_given";
    if (const auto* tools = body.if_contains("tools");
        tools && tools->is_array() && !tools->get_array().empty())
        if (const auto* function = tools->get_array()[0].as_object().if_contains("function"))
            name = text_of(function->as_object(), "name");
    return {
        {"index", 0},
        {"id", "call_" + new_request_id().substr(24)},
        {"type", "function"},
        {"function", {{"name", name}, {"arguments", "{}"}}}
    };
}

std::string error_body(int status)
{
    const bool limited = status == 429;
    bj::object error{
        {"message", "the mock provider was asked to fail with " + std::to_string(status)},
        {"type", limited ? "requests" : "server_error"},
        {"param", nullptr},
        {"code", limited ? bj::value("rate_limit_exceeded") : bj::value(nullptr)}
    };
    return json::serialize(bj::object{{"error", std::move(error)}});
}

std::string chunk(
    const std::string& id, const std::string& model, bj::object delta, const char* finish
)
{
    bj::object choice{{"index", 0}, {"delta", std::move(delta)}};
    choice["finish_reason"] = finish ? bj::value(finish) : bj::value(nullptr);
    std::string out;
    append_event(
        out,
        json::serialize(bj::object{
            {"id", id},
            {"object", "chat.completion.chunk"},
            {"created", unix_now()},
            {"model", model},
            {"choices", bj::array{std::move(choice)}}
        })
    );
    return out;
}

milliseconds pace_of(std::string_view model)
{
    if (model == "slow") return 50ms;
    int ms = 0;
    if (model.starts_with("pace-"))
        std::from_chars(model.data() + 5, model.data() + model.size(), ms);
    return milliseconds(std::clamp(ms, 0, 60000));
}

}  // namespace

Task<void> MockProvider::handle(Request& request, Responder& responder)
{
    if (request.method == "GET" && request.path == "/v1/models") {
        bj::array models;
        for (const char* id :
             {"echo",
              "slow",
              "tools",
              "flaky",
              "fail-429",
              "fail-500",
              "fail-503",
              "hang",
              "reset",
              "stall",
              "die",
              "truncate",
              "embed"})
            models.push_back({{"id", id}, {"object", "model"}, {"created", 0}, {"owned_by", "mock"}}
            );
        const bj::object list{{"object", "list"}, {"data", std::move(models)}};
        co_await responder.send(200, json_type, json::serialize(list));
        co_return;
    }
    auto tree = json::parse_tree(request.body);
    if (request.method != "POST" || !tree || !tree->is_object()) {
        co_await responder.send(400, json_type, error_body(400));
        co_return;
    }
    if (request.path == "/v1/chat/completions")
        co_await chat(tree->get_object(), responder);
    else if (request.path == "/v1/embeddings")
        co_await embeddings(tree->get_object(), responder);
    else
        co_await responder.send(404, json_type, error_body(404));
}

Task<bool> MockProvider::pause(milliseconds span)
{
    asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor> timer(
        context_.get_executor(), span
    );
    const auto [error] = co_await timer.async_wait(no_throw);
    co_return !error;
}

/// True where the model's whole answer was a failure.
Task<bool> MockProvider::misbehave(const std::string& model, Responder& responder)
{
    if (model == "hang") {
        co_await pause(1h);
        responder.reset();
        co_return true;
    }
    if (model == "reset") {
        responder.reset();
        co_return true;
    }
    int status = 0;
    if (model.starts_with("fail-"))
        std::from_chars(model.data() + 5, model.data() + model.size(), status);
    if (model == "flaky" && flaky_calls_++ % 2 == 0) status = 503;
    if (status < 400 || status > 599) co_return false;
    auto headers = json_type;
    if (status == 429) headers.push_back({"retry-after", "1"});
    co_await responder.send(status, headers, error_body(status));
    co_return true;
}

Task<void> MockProvider::chat(const bj::object& body, Responder& responder)
{
    const auto model = text_of(body, "model");
    if (co_await misbehave(model, responder)) co_return;
    const auto* streamed = body.if_contains("stream");
    if (streamed && streamed->is_bool() && streamed->get_bool()) {
        co_await stream(body, model, responder);
        co_return;
    }
    const auto text = last_user_text(body);
    const auto pace = pace_of(model);
    if (pace > 0ms && !co_await pause(pace * static_cast<int>(words(text).size()))) co_return;
    if (model == "stall" && !co_await pause(1h)) co_return;
    if (model == "die" || model == "truncate") co_return responder.reset();

    bj::object message{{"role", "assistant"}, {"content", text}};
    if (model == "tools") {
        message["content"] = nullptr;
        message["tool_calls"] = bj::array{tool_call(body)};
    }
    const bj::object answer{
        {"id", "chatcmpl-mock-" + new_request_id()},
        {"object", "chat.completion"},
        {"created", unix_now()},
        {"model", model},
        {"choices",
         bj::array{bj::object{
             {"index", 0},
             {"message", message},
             {"finish_reason", model == "tools" ? "tool_calls" : "stop"}
         }}},
        {"usage", usage_of(body, words(text).size())}
    };
    co_await responder.send(200, json_type, json::serialize(answer));
}

Task<void> MockProvider::stream(
    const bj::object& body, const std::string& model, Responder& responder
)
{
    const auto id = "chatcmpl-mock-" + new_request_id();
    const auto tokens = words(last_user_text(body));
    const auto pace = pace_of(model);
    if (!co_await responder.begin_stream(200, event_stream_type)) co_return;
    if (!co_await responder.write(
            chunk(id, model, {{"role", "assistant"}, {"content", ""}}, nullptr)
        ))
        co_return;

    std::size_t said = 0;
    for (const auto& token : tokens) {
        if (model == "tools") break;
        if (model == "stall" && said == 2 && !co_await pause(1h)) co_return;
        if (model == "die" && said * 2 >= tokens.size()) co_return responder.reset();
        if (model == "truncate" && said * 2 >= tokens.size()) {
            co_await responder.end_stream();
            co_return;
        }
        if (pace > 0ms && said > 0 && !co_await pause(pace)) co_return;
        if (!co_await responder.write(chunk(id, model, {{"content", token}}, nullptr))) co_return;
        ++said;
    }
    std::string last;
    if (model == "tools")
        last += chunk(id, model, {{"tool_calls", bj::array{tool_call(body)}}}, nullptr);
    last += chunk(id, model, {}, model == "tools" ? "tool_calls" : "stop");
    append_event(
        last,
        json::serialize(bj::object{
            {"id", id},
            {"object", "chat.completion.chunk"},
            {"created", unix_now()},
            {"model", model},
            {"choices", bj::array{}},
            {"usage", usage_of(body, said)}
        })
    );
    append_event(last, "[DONE]");
    co_await responder.end_stream(last);
}

Task<void> MockProvider::embeddings(const bj::object& body, Responder& responder)
{
    const auto model = text_of(body, "model");
    if (co_await misbehave(model, responder)) co_return;
    std::vector<std::string> inputs;
    if (const auto* input = body.if_contains("input"); input && input->is_array()) {
        for (const auto& text : input->get_array())
            inputs.emplace_back(
                text.is_string() ? std::string(text.get_string()) : json::serialize(text)
            );
    } else {
        inputs.push_back(text_of(body, "input"));
    }
    bj::array data;
    std::size_t tokens = 0;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        bj::array vector;
        for (int d = 0; d < 8; ++d) {
            const auto hash = std::hash<std::string>{}(inputs[i] + static_cast<char>('a' + d));
            vector.push_back(
                std::round((static_cast<double>(hash % 20001) / 10000.0 - 1.0) * 1e4) / 1e4
            );
        }
        tokens += words(inputs[i]).size();
        data.push_back({{"object", "embedding"}, {"index", i}, {"embedding", std::move(vector)}});
    }
    const bj::object answer{
        {"object", "list"},
        {"data", std::move(data)},
        {"model", model},
        {"usage", {{"prompt_tokens", tokens}, {"total_tokens", tokens}}}
    };
    co_await responder.send(200, json_type, json::serialize(answer));
}

}  // namespace sluice
