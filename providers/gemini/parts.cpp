#include "providers/gemini/parts.hpp"

#include "core/http.hpp"
#include "providers/openai_dialect/fields.hpp"
#include "providers/tree.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace sluice::gemini {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;
using openai_dialect::unfit;
using tree::object_at;
using tree::string_at;

object text_part(std::string_view text)
{
    return {{"text", text}};
}

object inline_part(std::string_view type, std::string_view base64)
{
    return {{"inlineData", {{"mimeType", type}, {"data", base64}}}};
}

/// The type that the end of a URL's path suggests; otherwise where it suggests none.
std::string_view type_by_name(std::string_view url, std::string_view otherwise)
{
    struct Known {
        std::string_view extension;
        std::string_view type;
    };
    constexpr std::array known{
        Known{"png", "image/png"},
        Known{"jpg", "image/jpeg"},
        Known{"jpeg", "image/jpeg"},
        Known{"webp", "image/webp"},
        Known{"gif", "image/gif"},
        Known{"heic", "image/heic"},
        Known{"heif", "image/heif"},
        Known{"pdf", "application/pdf"},
        Known{"txt", "text/plain"},
        Known{"csv", "text/csv"},
        Known{"html", "text/html"},
        Known{"mp3", "audio/mp3"},
        Known{"wav", "audio/wav"},
        Known{"mp4", "video/mp4"},
    };
    const auto path = url.substr(0, url.find_first_of("?#"));
    const auto dot = path.rfind('.');
    if (dot == path.npos) return otherwise;
    const auto extension = path.substr(dot + 1);
    const auto found = std::ranges::find_if(known, [&](const Known& entry) {
        return iequals(entry.extension, extension);
    });
    return found == known.end() ? otherwise : found->type;
}

/// "data:image/png;base64,…" as what it holds, any other URL as a reference.
Result<object> part_at(
    std::string_view url, std::string_view usual_type, std::string_view path, std::string_view model
)
{
    constexpr std::string_view scheme = "data:";
    if (!url.starts_with(scheme))
        return object{{"fileData", {{"mimeType", type_by_name(url, usual_type)}, {"fileUri", url}}}
        };
    url.remove_prefix(scheme.size());
    const auto comma = url.find(',');
    const auto head = url.substr(0, comma);
    if (comma == url.npos || !head.ends_with(";base64")) return unfit(path, model);
    const auto type = head.substr(0, head.find(';'));
    return inline_part(type.empty() ? usual_type : type, url.substr(comma + 1));
}

Result<object> image(
    const object& part,
    const std::string& path,
    std::string_view model,
    std::vector<std::string>& warnings
)
{
    const auto& from = object_at(part, "image_url");
    const auto detail = string_at(from, "detail");
    if (!detail.empty() && detail != "auto")
        openai_dialect::warn_once(warnings, openai_dialect::dropped("image_url.detail", model));
    const auto url = string_at(from, "url");
    if (url.empty()) return fail_at(path + ".image_url", "needs a url");
    return part_at(url, "image/jpeg", path + ".image_url.url", model);
}

/// What lies at another provider under its id is out of Gemini's reach; its own files are named by
/// their URI.
Result<object> file(const object& part, const std::string& path, std::string_view model)
{
    const auto& from = object_at(part, "file");
    const auto id = string_at(from, "file_id");
    if (!id.empty() && !id.contains("://")) return unfit(path + ".file.file_id", model);
    const auto data = string_at(from, "file_data");
    const auto url = id.empty() ? string_at(from, "file_url") : id;
    constexpr std::string_view usual = "application/pdf";
    const auto type = type_by_name(string_at(from, "filename"), usual);
    if (!url.empty()) return part_at(url, type, path + ".file", model);
    if (data.empty()) return fail_at(path + ".file", "needs file_data or file_id");
    if (data.starts_with("data:")) return part_at(data, type, path + ".file.file_data", model);
    return inline_part(type, data);
}

Result<object> translate_part(
    const object& part,
    const std::string& path,
    std::string_view model,
    std::vector<std::string>& warnings
)
{
    const auto type = string_at(part, "type");
    if (type == "text") return text_part(string_at(part, "text"));
    if (type == "refusal") return text_part(string_at(part, "refusal"));
    if (type == "image_url") return image(part, path, model, warnings);
    if (type == "file") return file(part, path, model);
    if (type == "input_audio") {
        const auto& audio = object_at(part, "input_audio");
        return inline_part(concat("audio/", string_at(audio, "format")), string_at(audio, "data"));
    }
    return unfit(path, model);
}

/// Calls take(part, path) for each part of content that is an array.
template <class Take>
Result<void> each_part(const value& content, const std::string& path, Take take)
{
    const auto* parts = content.if_array();
    if (!parts) return fail_at(path, "must be a string, an array of parts, or null");
    std::size_t index = 0;
    for (const auto& part : *parts) {
        const auto at = concat(path, ".", std::to_string(index++));
        const auto* from = part.if_object();
        if (!from) return fail_at(at, "must be an object with a type");
        if (auto done = take(*from, at); !done) return done;
    }
    return {};
}

}  // namespace

Result<array> translate_content(
    const value* content,
    const std::string& path,
    std::string_view model,
    std::vector<std::string>& warnings
)
{
    if (!content || content->is_null()) return array{};
    if (const auto* text = content->if_string()) {
        if (text->empty()) return array{};
        return array{text_part(*text)};
    }
    array parts;
    auto done = each_part(*content, path, [&](const object& from, const std::string& at) {
        auto to = translate_part(from, at, model, warnings);
        if (!to) return Result<void>(std::unexpected(std::move(to).error()));
        parts.push_back(*std::move(to));
        return Result<void>();
    });
    if (!done) return std::unexpected(std::move(done).error());
    return parts;
}

Result<std::string> text_of_content(
    const value* content, const std::string& path, std::string_view model
)
{
    if (!content || content->is_null()) return std::string();
    if (const auto* text = content->if_string()) return std::string(*text);
    std::string lines;
    auto done = each_part(*content, path, [&](const object& from, const std::string& at) {
        if (string_at(from, "type") != "text") return Result<void>(unfit(at, model));
        if (!lines.empty()) lines += '\n';
        lines += string_at(from, "text");
        return Result<void>();
    });
    if (!done) return std::unexpected(std::move(done).error());
    return lines;
}

}  // namespace sluice::gemini
