#pragma once

#include "core/chat.hpp"
#include "core/error.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What stands in a GenerateContentResponse: a whole answer in one, an event of a stream in the
/// other.
namespace sluice::gemini {

struct CallPiece {
    std::string id;  ///< empty on models that give none
    std::string name;
    std::string arguments;
    std::string replay;  ///< see Replay::json_text: its thoughtSignature
};

struct CandidatePiece {
    int index = 0;
    std::optional<std::string> content;
    std::string reasoning;
    std::vector<CallPiece> calls;
    FinishReason finish = FinishReason::none;
    std::string logprobs;
};

struct Piece {
    std::string id;
    std::string model;
    std::vector<CandidatePiece> candidates;
    bool blocked = false;  ///< the prompt was refused: one candidate says so, no more will come
    std::optional<Usage> usage;
};

/// ErrorKind::bad_response where the text is no JSON object; where it reports a failure, or a
/// candidate finished by one, that.
Result<Piece> read_piece(std::string_view text);

/// The call's id, else one made up: it tells the calls of one answer apart, and the answers too, by
/// their own id or, on servers that give none, by what the call says. position is the call's among
/// those of its candidate.
std::string call_id(
    const CallPiece& call, std::string_view answer_id, int candidate, std::size_t position
);

}  // namespace sluice::gemini
