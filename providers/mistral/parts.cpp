#include "providers/mistral/parts.hpp"

#include "providers/openai_dialect/fields.hpp"
#include "providers/tree.hpp"

#include <cctype>
#include <cstddef>
#include <utility>

namespace sluice::mistral {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;
using openai_dialect::unfit;
using tree::object_at;
using tree::string_at;

/// Mistral's finest detail is "high".
object image(const object& part, std::string_view model, std::vector<std::string>& warnings)
{
    const auto& from = object_at(part, "image_url");
    if (from.empty()) return part;  // Mistral's clients send the bare URL
    object to{{"url", string_at(from, "url")}};
    auto detail = string_at(from, "detail");
    if (detail == "original") {
        warnings.push_back(openai_dialect::clamped("image_url.detail", detail, model, "high"));
        detail = "high";
    }
    if (!detail.empty()) to["detail"] = detail;
    return {{"type", "image_url"}, {"image_url", std::move(to)}};
}

bool is_uuid(std::string_view text)
{
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : !std::isxdigit(static_cast<unsigned char>(text[i])))
            return false;
    }
    return true;
}

/// What lies at another provider under its id is out of Mistral's reach; its own ids are UUIDs.
Result<object> file(const object& part, const std::string& path, std::string_view model)
{
    const auto& from = object_at(part, "file");
    if (const auto id = string_at(from, "file_id"); !id.empty()) {
        if (!is_uuid(id)) return unfit(path + ".file.file_id", model);
        return object{{"type", "file"}, {"file_id", id}};
    }
    std::string url(string_at(from, "file_data"));
    if (url.empty()) url = string_at(from, "file_url");
    if (url.empty()) return fail_at(path + ".file", "needs file_id or file_data");
    if (url.find(':') == std::string::npos) url.insert(0, "data:application/pdf;base64,");
    object to{{"type", "document_url"}, {"document_url", url}};
    if (const auto name = string_at(from, "filename"); !name.empty()) to["document_name"] = name;
    return to;
}

Result<object> chunk(
    const object& part,
    const std::string& path,
    std::string_view model,
    std::vector<std::string>& warnings
)
{
    const auto type = string_at(part, "type");
    if (type == "text") return object{{"type", "text"}, {"text", string_at(part, "text")}};
    if (type == "refusal") return object{{"type", "text"}, {"text", string_at(part, "refusal")}};
    if (type == "image_url") return image(part, model, warnings);
    if (type == "input_audio") {
        // Mistral recognises the format from the bytes.
        return object{
            {"type", "input_audio"},
            {"input_audio", string_at(object_at(part, "input_audio"), "data")}
        };
    }
    if (type == "file") return file(part, path, model);
    // Mistral's own, as its clients send them and as its answers come back.
    for (const auto* own : {"document_url", "reference", "thinking"})
        if (type == own) return part;
    return unfit(path, model);
}

}  // namespace

Result<value> translate_content(
    const value* content,
    const std::string& path,
    std::string_view model,
    std::vector<std::string>& warnings
)
{
    if (!content || content->is_null()) return "";
    if (content->is_string()) return *content;
    const auto* parts = content->if_array();
    if (!parts) return fail_at(path, "must be a string, an array of parts, or null");
    array chunks;
    for (const auto& part : *parts) {
        const auto at = concat(path, ".", std::to_string(chunks.size()));
        const auto* from = part.if_object();
        if (!from) return fail_at(at, "must be an object with a type");
        auto to = chunk(*from, at, model, warnings);
        if (!to) return std::unexpected(std::move(to).error());
        chunks.push_back(*std::move(to));
    }
    return chunks;
}

}  // namespace sluice::mistral
