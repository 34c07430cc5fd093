#include "api/messages_parts.hpp"

#include "api/json_array.hpp"

#include <utility>

namespace sluice {
namespace {

constexpr std::string_view pdf = "application/pdf";

std::string data_url(std::string_view media_type, std::string_view data)
{
    return concat("data:", media_type, ";base64,", data);
}

void add_image(ContentParts& parts, const CheckedObject& block)
{
    const auto source = block.required_object("source");
    const auto type = source.required_text("type");
    std::string url;
    if (type == "base64")
        url = data_url(source.required_text("media_type"), source.required_text("data"));
    else if (type == "url")
        url = source.required_text("url");
    else
        return block.cannot_be_expressed("source");  // a file that lies at Anthropic
    auto& json = parts.emplace_back().json;
    json::ObjectWriter part(json);
    part.field("type", "image_url");
    json::ObjectWriter image(part.key("image_url"));
    image.field("url", url).close();
    part.close();
}

void add_file(
    ContentParts& parts, std::string_view name, std::string_view key, std::string_view value
)
{
    auto& json = parts.emplace_back().json;
    json::ObjectWriter part(json);
    part.field("type", "file");
    json::ObjectWriter file(part.key("file"));
    file.field("filename", name.empty() ? "document.pdf" : name).field(key, value).close();
    part.close();
}

/// What the caller says about a document goes before it, as text.
void add_document(ContentParts& parts, const CheckedObject& block)
{
    if (block.object("citations").flag("enabled")) block.cannot_be_expressed("citations");
    const auto source = block.required_object("source");
    const auto type = source.required_text("type");
    const auto title = block.text("title");
    add_text(parts, block.text("context"));
    if (type == "text" || type == "content") add_text(parts, title);

    if (type == "text") {
        add_text(parts, source.required_text("data"));
    } else if (type == "content") {
        source.read_content(
            "content",
            [&](std::string text) { add_text(parts, std::move(text)); },
            [&](const CheckedObject& inner) { add_block(parts, inner); }
        );
    } else if (type == "base64" && source.required_text("media_type") == pdf) {
        add_file(parts, title, "file_data", data_url(pdf, source.required_text("data")));
    } else if (type == "url") {
        add_file(parts, title, "file_url", source.required_text("url"));
    } else {
        block.cannot_be_expressed("source");
    }
}

}  // namespace

void add_text(ContentParts& parts, std::string text)
{
    if (!text.empty()) parts.push_back({.text = std::move(text)});
}

void add_block(ContentParts& parts, const CheckedObject& block)
{
    const auto type = block.required_text("type");
    if (type == "text")
        add_text(parts, block.required_text("text"));
    else if (type == "image")
        add_image(parts, block);
    else if (type == "document")
        add_document(parts, block);
    else
        block.cannot_be_expressed();
}

void add_texts(ContentParts& parts, const CheckedObject& from, std::string_view key)
{
    from.read_content(
        key,
        [&](std::string text) { add_text(parts, std::move(text)); },
        [&](const CheckedObject& block) {
            if (block.required_text("type") == "text")
                add_text(parts, block.required_text("text"));
            else
                block.refuse("type", "must be text");
        }
    );
}

std::string content_json(std::span<const ContentPart> parts)
{
    if (parts.empty()) return R"("")";
    if (parts.size() == 1 && parts.front().json.empty()) return json::quoted(parts.front().text);
    std::string out;
    append_array(out, parts, [&](const ContentPart& part) {
        if (!part.json.empty()) {
            out += part.json;
            return;
        }
        json::ObjectWriter text(out);
        text.field("type", "text").field("text", part.text).close();
    });
    return out;
}

}  // namespace sluice
