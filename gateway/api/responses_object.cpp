#include "api/responses_object.hpp"

#include "api/json_look.hpp"

#include <array>
#include <utility>

namespace sluice {
namespace {

using json::ObjectWriter;

/// A setting and what counts where the request has none; empty: it is left out then.
struct Setting {
    std::string_view name;
    std::string_view otherwise;
};
constexpr std::array settings{
    Setting{"instructions", "null"},
    Setting{"max_output_tokens", "null"},
    Setting{"max_tool_calls", "null"},
    Setting{"parallel_tool_calls", "true"},
    Setting{"prompt_cache_key", "null"},
    Setting{"safety_identifier", "null"},
    Setting{"service_tier", R"("default")"},
    Setting{"temperature", "1.0"},
    Setting{"tool_choice", R"("auto")"},
    Setting{"tools", "[]"},
    Setting{"top_logprobs", "0"},
    Setting{"top_p", "1.0"},
    Setting{"truncation", R"("disabled")"},
    Setting{"user", ""},
    Setting{"metadata", "{}"},
};

std::string reasoning_of(const json::Document& request)
{
    const auto given = object_of(value_or(request, "reasoning", "{}"));
    std::string out;
    ObjectWriter reasoning(out);
    reasoning.raw("effort", value_or(given, "effort", "null"));
    reasoning.raw("summary", value_or(given, "summary", "null"));
    reasoning.close();
    return out;
}

std::string text_of(const json::Document& request)
{
    const auto given = object_of(value_or(request, "text", "{}"));
    std::string out;
    ObjectWriter text(out);
    text.raw("format", value_or(given, "format", R"({"type":"text"})"));
    text.raw("verbosity", value_or(given, "verbosity", R"("medium")"));
    text.close();
    return out;
}

/// Functions with every key that OpenAI's specification has in them.
std::string tools_of(std::string_view tools)
{
    std::string out = "[";
    json::Cursor at(tools);
    at.enter_array();
    while (at.next_element()) {
        if (out.size() > 1) out += ',';
        const auto tool = object_of(at.skip());
        json::Edits edits;
        if (text_at(tool, "type") == "function")
            for (const auto* key : {"parameters", "strict"})
                if (!tool.contains(key)) edits.put(key, "null");
        out += tool.spliced(edits);
    }
    return out += ']';
}

}  // namespace

ResponseObject::ResponseObject(const ResponsesRequest& request)
    : store_(request.store ? "true" : "false"),
      previous_(request.previous.empty() ? "null" : json::quoted(request.previous))
{
    const auto& from = request.document;
    std::string out;
    ObjectWriter echo(out);
    echo.raw("previous_response_id", previous_).raw("store", store_).field("background", false);
    echo.raw("reasoning", reasoning_of(from)).raw("text", text_of(from));
    for (const auto& [name, otherwise] : settings) {
        const auto value = value_or(from, name, otherwise);
        if (!value.empty()) echo.raw(name, name == "tools" ? tools_of(value) : value);
    }
    settings_ = out.substr(1);
}

void ResponseObject::name(std::string id, std::string model, std::int64_t created)
{
    id_ = std::move(id);
    model_ = std::move(model);
    created_ = created;
}

std::string ResponseObject::text(const ResponseState& state) const
{
    std::string out;
    ObjectWriter response(out);
    response.field("id", id_).field("object", "response").field("created_at", created_);
    response.field("status", state.status).raw("error", state.error);
    if (state.incomplete_reason.empty()) {
        response.null("incomplete_details");
    } else {
        ObjectWriter details(response.key("incomplete_details"));
        details.field("reason", state.incomplete_reason);
        details.close();
    }
    response.field("model", model_).raw("output", state.output).raw("usage", state.usage);
    out.append(",").append(settings_);
    response.close();
    return out;
}

std::string ResponseObject::adopted(std::string_view native) const
{
    const auto response = object_of(native);
    json::Edits edits;
    edits.put("store", store_);
    edits.put("previous_response_id", previous_);
    if (!text_at(response, "id").starts_with("resp_")) edits.put("id", json::quoted(id_));
    return response.spliced(edits);
}

std::string responses_usage_json(const Usage& usage)
{
    std::string out;
    ObjectWriter body(out);
    body.field("input_tokens", usage.prompt);
    ObjectWriter input(body.key("input_tokens_details"));
    input.field("cached_tokens", usage.cached).field("cache_write_tokens", usage.cache_write);
    input.close();
    body.field("output_tokens", usage.completion);
    ObjectWriter output(body.key("output_tokens_details"));
    output.field("reasoning_tokens", usage.reasoning);
    output.close();
    body.field("total_tokens", usage.total);
    if (usage.estimated) body.field("estimated", true);
    body.close();
    return out;
}

}  // namespace sluice
