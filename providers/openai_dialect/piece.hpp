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

struct ToolCallPiece {
    std::optional<std::int64_t> index;
    std::string id;  ///< empty where the server sent none, or the word "null"
    std::string name;
    std::string arguments;
    bool custom = false;
};

struct ChoicePiece {
    std::optional<std::int64_t> index;
    std::optional<std::string> content;
    std::optional<std::string> refusal;
    std::string reasoning;
    std::vector<ToolCallPiece> tool_calls;
    FinishReason finish = FinishReason::none;
    bool failed = false;   ///< finished by a failure of the server
    std::string logprobs;  ///< JSON text, as the two below; empty: none
    std::string annotations;
    std::string audio;
    std::optional<Usage> usage;
};

struct Piece {
    std::string id;
    std::string model;
    std::int64_t created = 0;
    std::string service_tier;
    std::string system_fingerprint;
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
