#pragma once

#include "core/chat.hpp"
#include "core/error.hpp"

#include <boost/container/small_vector.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What stands in a chat.completion or a chat.completion.chunk: the two have one layout, a message
/// in one being a delta in the other.
namespace sluice::openai_dialect {

/// A text, or the parts of one.
using Texts = boost::container::small_vector<json::RawText, 1>;
void append_joined(std::string& out, const Texts& parts);
/// Whether there are no parts, or none has text.
bool is_empty(const Texts& parts);

struct ToolCallPiece {
    std::optional<std::int64_t> index;
    json::RawText id;  ///< empty where the server sent none, or the word "null"
    json::RawText name;
    json::RawText arguments;
    bool custom = false;
};

struct ChoicePiece {
    std::optional<std::int64_t> index;
    Texts content;  ///< none at all: nothing was said of it
    std::optional<json::RawText> refusal;
    Texts reasoning;
    std::vector<ToolCallPiece> tool_calls;
    FinishReason finish = FinishReason::none;
    bool failed = false;        ///< finished by a failure of the server
    std::string_view logprobs;  ///< JSON text, as the two below; empty: none
    std::string_view annotations;
    std::string_view audio;
};

/// Its texts stand in the text that was read.
struct Piece {
    json::RawText id;
    json::RawText model;
    std::int64_t created = 0;
    json::RawText service_tier;
    json::RawText system_fingerprint;
    boost::container::small_vector<ChoicePiece, 1> choices;
    std::optional<Usage> usage;  ///< the last one that stands anywhere
    NativeForm form;
    boost::container::small_vector<Span, 1> unwanted;  ///< as ChatDelta's
};

enum class Layout { whole, chunk };

/// Reads the text into an empty piece. ErrorKind::bad_response where it is no JSON object; where it
/// reports a failure, that, classified.
Result<void> read_piece(std::string_view text, Layout layout, Piece& piece);

/// An id for a tool call that came without one: the same whenever the same answer is read.
std::string make_call_id(
    std::string_view answer_id, std::int64_t created, int choice, std::size_t call
);

/// The choice's index, or its position where it has none that makes sense.
int choice_index(const ChoicePiece& piece, std::size_t position);

/// The error of a choice that finished by a failure.
Error failed_finish();

}  // namespace sluice::openai_dialect
