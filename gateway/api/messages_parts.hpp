#pragma once

#include "api/checked_object.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// One part of a chat message's content.
struct ContentPart {
    std::string text{};
    std::string json{};  ///< of an image or a file; empty: it is the text
};
using ContentParts = std::vector<ContentPart>;

void add_text(ContentParts& parts, std::string text);
/// Adds what a block of Anthropic's content shows: a text, an image or a document. A block of
/// another type is noted as inexpressible.
void add_block(ContentParts& parts, const CheckedObject& block);
/// The texts of a content that consists of nothing else, as a system prompt has to.
void add_texts(ContentParts& parts, const CheckedObject& from, std::string_view key);

/// The JSON text of a message's content: a string where it is one text or nothing.
std::string content_json(std::span<const ContentPart> parts);

}  // namespace sluice
