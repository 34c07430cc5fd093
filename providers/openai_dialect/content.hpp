#pragma once

#include "providers/openai_dialect/piece.hpp"

#include <string>

/// What a message says, in the several forms that servers give it. Each consumes one value.
namespace sluice::openai_dialect {

/// A string, or an array of text and thinking parts, which become content and reasoning.
void read_content(json::Cursor& at, ChoicePiece& choice);
/// The texts of a string, or of an array of parts, one after the other.
std::string read_texts(json::Cursor& at);
/// Arguments as the model wrote them; a server may have parsed them already.
std::string read_arguments(json::Cursor& at);

}  // namespace sluice::openai_dialect
