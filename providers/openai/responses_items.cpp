#include "providers/openai/responses_items.hpp"

#include "providers/openai_dialect/fields.hpp"
#include "providers/tree.hpp"

#include <algorithm>
#include <utility>

namespace sluice::openai {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;
using openai_dialect::unfit;
using tree::object_at;
using tree::string_at;

/// One part of what somebody says to the model.
Result<object> input_part(const object& part, const std::string& path, std::string_view model)
{
    const auto type = string_at(part, "type");
    object to;
    if (type == "text") {
        to = {{"type", "input_text"}, {"text", string_at(part, "text")}};
    } else if (type == "image_url") {
        const auto& image = object_at(part, "image_url");
        const auto detail = string_at(image, "detail");
        to = {
            {"type", "input_image"},
            {"image_url", string_at(image, "url")},
            {"detail", detail.empty() ? "auto" : detail}
        };
    } else if (type == "input_audio") {
        to = {{"type", "input_audio"}, {"input_audio", object_at(part, "input_audio")}};
    } else if (type == "file") {
        to["type"] = "input_file";
        tree::copy(object_at(part, "file"), to, {"file_id", "file_url", "filename", "file_data"});
    } else {
        return unfit(path, model);
    }
    tree::copy(part, to, {"prompt_cache_breakpoint"});
    return to;
}

/// One part of what the model said.
Result<object> output_part(const object& part, const std::string& path, std::string_view model)
{
    const auto type = string_at(part, "type");
    if (type == "text")
        return object{
            {"type", "output_text"}, {"text", string_at(part, "text")}, {"annotations", array{}}
        };
    if (type == "refusal")
        return object{{"type", "refusal"}, {"refusal", string_at(part, "refusal")}};
    return unfit(path, model);
}

using PartTranslation = Result<object> (*)(const object&, const std::string&, std::string_view);

Result<value> translate_content(
    const object& message,
    const std::string& path,
    std::string_view model,
    PartTranslation translate
)
{
    if (!tree::has(message, "content")) return "";
    const auto& content = message.at("content");
    if (!content.is_array()) return content;
    array parts;
    for (const auto& part : content.get_array()) {
        auto translated = translate(
            tree::object_in(part), concat(path, ".content.", std::to_string(parts.size())), model
        );
        if (!translated) return std::unexpected(std::move(translated).error());
        parts.push_back(*std::move(translated));
    }
    return parts;
}

class Items {
public:
    Items(std::string_view model, std::vector<std::string>& warnings)
        : model_(model), warnings_(warnings)
    {
    }

    Result<void> add(const object& message, const std::string& path);
    array take() { return std::move(items_); }

private:
    std::string_view model_;
    std::vector<std::string>& warnings_;
    array items_;
    std::vector<std::string> custom_calls_;  // whose results are items of another type

    Result<void> add_said(const object& message, const std::string& path, std::string_view role);
    Result<void> add_assistant(const object& message, const std::string& path);
    Result<void> add_call(const object& call, const std::string& path);
    Result<void> add_tool_result(const object& message, const std::string& path);
    void drop(std::string_view field);
};

Result<void> Items::add(const object& message, const std::string& path)
{
    const auto role = string_at(message, "role");
    for (const auto* field : {"name", "reasoning_content"})
        if (tree::has(message, field)) drop(field);
    if (!tree::array_at(message, "annotations").empty()) drop("annotations");
    if (role == "assistant") return add_assistant(message, path);
    if (role == "tool") return add_tool_result(message, path);
    return add_said(message, path, role);
}

Result<void> Items::add_said(const object& message, const std::string& path, std::string_view role)
{
    auto content = translate_content(message, path, model_, input_part);
    if (!content) return std::unexpected(std::move(content).error());
    items_.push_back(object{{"type", "message"}, {"role", role}, {"content", *std::move(content)}});
    return {};
}

Result<void> Items::add_assistant(const object& message, const std::string& path)
{
    for (const auto* field : {"audio", "function_call"})
        if (tree::has(message, field)) return unfit(concat(path, ".", field), model_);

    auto content = translate_content(message, path, model_, output_part);
    if (!content) return std::unexpected(std::move(content).error());
    array parts;
    if (auto* translated = content->if_array())
        parts = std::move(*translated);
    else if (const auto text = tree::string_in(*content); !text.empty())
        parts.push_back(object{{"type", "output_text"}, {"text", text}, {"annotations", array{}}});
    if (const auto refusal = string_at(message, "refusal"); !refusal.empty())
        parts.push_back(object{{"type", "refusal"}, {"refusal", refusal}});
    if (!parts.empty())
        items_.push_back(
            object{{"type", "message"}, {"role", "assistant"}, {"content", std::move(parts)}}
        );

    std::size_t index = 0;
    for (const auto& call : tree::array_at(message, "tool_calls")) {
        const auto at = concat(path, ".tool_calls.", std::to_string(index++));
        if (auto done = add_call(tree::object_in(call), at); !done) return done;
    }
    return {};
}

Result<void> Items::add_call(const object& call, const std::string& path)
{
    const auto id = string_at(call, "id");
    if (const auto& function = object_at(call, "function"); !function.empty()) {
        items_.push_back(object{
            {"type", "function_call"},
            {"call_id", id},
            {"name", string_at(function, "name")},
            {"arguments", string_at(function, "arguments")}
        });
        return {};
    }
    const auto& custom = object_at(call, "custom");
    if (custom.empty()) return unfit(path, model_);
    custom_calls_.emplace_back(id);
    items_.push_back(object{
        {"type", "custom_tool_call"},
        {"call_id", id},
        {"name", string_at(custom, "name")},
        {"input", string_at(custom, "input")}
    });
    return {};
}

Result<void> Items::add_tool_result(const object& message, const std::string& path)
{
    auto output = translate_content(message, path, model_, input_part);
    if (!output) return std::unexpected(std::move(output).error());
    const auto id = string_at(message, "tool_call_id");
    const bool custom = std::ranges::find(custom_calls_, id) != custom_calls_.end();
    items_.push_back(object{
        {"type", custom ? "custom_tool_call_output" : "function_call_output"},
        {"call_id", id},
        {"output", *std::move(output)}
    });
    return {};
}

void Items::drop(std::string_view field)
{
    openai_dialect::warn_once(
        warnings_, openai_dialect::dropped(concat("messages.", field), model_)
    );
}

}  // namespace

Result<array> translate_to_items(
    const array& messages, std::string_view model, std::vector<std::string>& warnings
)
{
    Items items(model, warnings);
    std::size_t index = 0;
    for (const auto& message : messages) {
        const auto path = concat("messages.", std::to_string(index++));
        if (auto done = items.add(tree::object_in(message), path); !done)
            return std::unexpected(std::move(done).error());
    }
    return items.take();
}

}  // namespace sluice::openai
