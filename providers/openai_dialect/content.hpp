#pragma once

#include "providers/openai_dialect/piece.hpp"

/// What a message says, in the several forms that servers give it. Each consumes one value.
namespace sluice::openai_dialect {

/// A string, or an array of text and thinking parts, which become content and reasoning.
void read_content(json::Cursor& at, ChoicePiece& choice);
/// The texts of a string, or of an array of parts, behind those that are there.
void read_texts(json::Cursor& at, Texts& texts);
/// Arguments as the model wrote them; a server may have parsed them already.
json::RawText read_arguments(json::Cursor& at);

}  // namespace sluice::openai_dialect
