#include "providers/anthropic/parts.hpp"

#include "providers/openai_dialect/fields.hpp"
#include "providers/tree.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace sluice::anthropic {
namespace {

using boost::json::array;
using boost::json::object;
using openai_dialect::unfit;
using tree::object_at;
using tree::string_at;

/// "data:image/png;base64,iVBO"
struct DataUrl {
    std::string_view media_type;
    std::string_view data;
};

/// nullopt where the text is no data URL of base64.
std::optional<DataUrl> read_data_url(std::string_view url)
{
    constexpr std::string_view scheme = "data:", base64 = ";base64";
    const auto comma = url.find(',');
    if (!url.starts_with(scheme) || comma == url.npos) return std::nullopt;
    const auto head = url.substr(scheme.size(), comma - scheme.size());
    if (!head.ends_with(base64)) return std::nullopt;
    return DataUrl{head.substr(0, head.find(';')), url.substr(comma + 1)};
}

bool is_web_url(std::string_view url)
{
    return url.starts_with("https://") || url.starts_with("http://");
}

bool is_image_type(std::string_view media_type)
{
    constexpr std::array<std::string_view, 4> taken{
        "image/jpeg", "image/png", "image/gif", "image/webp"
    };
    return std::ranges::find(taken, media_type) != taken.end();
}

object url_source(std::string_view url)
{
    return {{"type", "url"}, {"url", url}};
}

object base64_source(std::string_view media_type, std::string_view data)
{
    return {{"type", "base64"}, {"media_type", media_type}, {"data", data}};
}

Result<object> image(std::string_view url, const std::string& path, std::string_view model)
{
    if (is_web_url(url)) return object{{"type", "image"}, {"source", url_source(url)}};
    auto inlined = read_data_url(url);
    if (inlined && inlined->media_type == "image/jpg") inlined->media_type = "image/jpeg";
    if (!inlined || !is_image_type(inlined->media_type)) return unfit(path, model);
    return object{{"type", "image"}, {"source", base64_source(inlined->media_type, inlined->data)}};
}

Result<object> image_of(
    const object& part,
    const std::string& path,
    std::string_view model,
    std::vector<std::string>& warnings
)
{
    const auto& from = object_at(part, "image_url");
    const auto detail = string_at(from, "detail");
    if (!detail.empty() && detail != "auto")
        warnings.push_back(openai_dialect::dropped("image_url.detail", model));
    const auto url = from.empty() ? string_at(part, "image_url") : string_at(from, "url");
    return image(url, path, model);
}

/// What lies at another provider under its id is out of reach.
Result<object> document(const object& part, const std::string& path, std::string_view model)
{
    constexpr std::string_view pdf = "application/pdf";
    const auto& from = object_at(part, "file");
    object block{{"type", "document"}};
    const auto data = string_at(from, "file_data");
    if (const auto url = string_at(from, "file_url"); data.empty() && is_web_url(url)) {
        block["source"] = url_source(url);
    } else if (const auto inlined = read_data_url(data)) {
        if (is_image_type(inlined->media_type)) return image(data, path, model);
        if (inlined->media_type != pdf) return unfit(path, model);
        block["source"] = base64_source(pdf, inlined->data);
    } else if (!data.empty() && !data.contains(':')) {
        block["source"] = base64_source(pdf, data);
    } else {
        return unfit(path, model);
    }
    if (const auto name = string_at(from, "filename"); !name.empty()) block["title"] = name;
    return block;
}

object text_block(std::string_view text)
{
    return {{"type", "text"}, {"text", text}};
}

Result<object> block_of(
    const object& part,
    const std::string& path,
    Speaker speaker,
    std::string_view model,
    std::vector<std::string>& warnings
)
{
    const auto type = string_at(part, "type");
    if (type == "text") return text_block(string_at(part, "text"));
    if (type == "refusal" && speaker == Speaker::assistant)
        return text_block(string_at(part, "refusal"));
    if (type == "image_url" && speaker == Speaker::user)
        return image_of(part, path, model, warnings);
    if (type == "file" && speaker == Speaker::user) return document(part, path, model);
    if (type == "input_audio") return unfit(path, "audio", model);
    return unfit(path, model);
}

bool says_nothing(const object& block)
{
    return string_at(block, "type") == "text" && string_at(block, "text").empty();
}

}  // namespace

void copy_cache_control(const object& from, object& block)
{
    tree::copy(from, block, {"cache_control"});
}

Result<array> content_blocks(
    const object& message,
    const std::string& path,
    Speaker speaker,
    std::string_view model,
    std::vector<std::string>& warnings
)
{
    array blocks;
    if (const auto text = string_at(message, "content"); !text.empty())
        blocks.push_back(text_block(text));
    std::size_t index = 0;
    for (const auto& part : tree::array_at(message, "content")) {
        const auto at = concat(path, ".content.", std::to_string(index++));
        auto block = block_of(tree::object_in(part), at, speaker, model, warnings);
        if (!block) return std::unexpected(std::move(block).error());
        if (says_nothing(*block)) continue;
        copy_cache_control(tree::object_in(part), *block);
        blocks.push_back(*std::move(block));
    }
    if (!blocks.empty()) copy_cache_control(message, blocks.back().get_object());
    return blocks;
}

}  // namespace sluice::anthropic
