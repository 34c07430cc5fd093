#include "providers/gemini/piece.hpp"

#include "core/json.hpp"
#include "providers/gemini/errors.hpp"
#include "providers/gemini/logprobs.hpp"
#include "providers/gemini/usage.hpp"
#include "providers/openai_dialect/errors.hpp"
#include "providers/openai_dialect/piece.hpp"
#include "providers/tree.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace sluice::gemini {
namespace {

using boost::json::object;
using boost::json::value;
using tree::object_at;
using tree::string_at;

constexpr std::int64_t most_candidates = 128;

struct Finish {
    std::string_view word;
    FinishReason reason;
};

/// Reasons by which a candidate ends as an answer; IMAGE_… and those of failures are elsewhere.
constexpr std::array finishes{
    Finish{"STOP", FinishReason::stop},
    Finish{"MAX_TOKENS", FinishReason::length},
    Finish{"SAFETY", FinishReason::content_filter},
    Finish{"RECITATION", FinishReason::content_filter},
    Finish{"BLOCKLIST", FinishReason::content_filter},
    Finish{"PROHIBITED_CONTENT", FinishReason::content_filter},
    Finish{"SPII", FinishReason::content_filter},
};

struct Failure {
    std::string_view word;
    ErrorKind kind;
};

/// Reasons by which there is no answer: the model stumbled, which may go better the next time, or
/// the request will never do.
constexpr std::array failures{
    Failure{"MALFORMED_FUNCTION_CALL", ErrorKind::server_error},
    Failure{"MALFORMED_RESPONSE", ErrorKind::server_error},
    Failure{"UNEXPECTED_TOOL_CALL", ErrorKind::server_error},
    Failure{"TOO_MANY_TOOL_CALLS", ErrorKind::server_error},
    Failure{"OTHER", ErrorKind::server_error},
    Failure{"NO_IMAGE", ErrorKind::server_error},
    Failure{"LANGUAGE", ErrorKind::rejected},
    Failure{"MISSING_THOUGHT_SIGNATURE", ErrorKind::rejected},
};

Result<FinishReason> finish_of(const object& candidate)
{
    const auto word = string_at(candidate, "finishReason");
    if (word.empty() || word == "FINISH_REASON_UNSPECIFIED") return FinishReason::none;
    if (const auto* failed = std::ranges::find(failures, word, &Failure::word);
        failed != failures.end()) {
        auto said = concat("the model finished with ", word);
        if (const auto why = string_at(candidate, "finishMessage"); !why.empty())
            said += concat(": ", why);
        return std::unexpected(Error{
            .kind = failed->kind,
            .message = openai_dialect::safe_message(said),
            .upstream_status = 200
        });
    }
    if (word.starts_with("IMAGE_")) return FinishReason::content_filter;
    const auto* known = std::ranges::find(finishes, word, &Finish::word);
    return known == finishes.end() ? FinishReason::stop : known->reason;
}

CallPiece read_call(const object& part)
{
    // A signature longer than this is not kept.
    constexpr std::size_t most_replayed = std::size_t{60} << 10;
    const auto& from = object_at(part, "functionCall");
    const auto signature = string_at(part, "thoughtSignature");
    const bool kept = !signature.empty() && signature.size() <= most_replayed;
    return {
        .id = std::string(string_at(from, "id")),
        .name = std::string(string_at(from, "name")),
        .arguments = tree::has(from, "args") ? json::serialize(from.at("args")) : "{}",
        .replay = kept ? json::quoted(signature) : std::string()
    };
}

/// Pictures and sound have no place in a chat completion, and an answer without them would look
/// whole.
Error unspeakable(const object& part)
{
    const auto type = string_at(object_at(part, "inlineData"), "mimeType");
    return {
        .kind = ErrorKind::rejected,
        .message = openai_dialect::safe_message(
            concat("the answer has ", type, ", which a chat completion cannot carry")
        ),
        .upstream_status = 200
    };
}

Result<void> read_part(const object& part, CandidatePiece& candidate)
{
    const auto* thought = part.if_contains("thought");
    if (thought && *thought == true) {
        candidate.reasoning += string_at(part, "text");
    } else if (!string_at(object_at(part, "functionCall"), "name").empty()) {
        candidate.calls.push_back(read_call(part));
    } else if (tree::has(part, "inlineData")) {
        return std::unexpected(unspeakable(part));
    } else if (tree::has(part, "text")) {
        if (!candidate.content) candidate.content.emplace();
        *candidate.content += string_at(part, "text");
    }
    return {};
}

Result<CandidatePiece> read_candidate(const object& from, std::int64_t position)
{
    CandidatePiece candidate;
    const auto index = tree::integer_at(from, "index");
    const bool said = tree::has(from, "index") && index >= 0 && index < most_candidates;
    candidate.index = static_cast<int>(said ? index : position);
    auto finish = finish_of(from);
    if (!finish) return std::unexpected(std::move(finish).error());
    candidate.finish = *finish;
    for (const auto& part : tree::array_at(object_at(from, "content"), "parts"))
        if (auto done = read_part(tree::object_in(part), candidate); !done)
            return std::unexpected(std::move(done).error());
    candidate.logprobs = chat_logprobs(object_at(from, "logprobsResult"));
    return candidate;
}

/// The object, or the first of an array of such, as errors come on some routes.
const object& answer_in(const value& parsed)
{
    const auto* list = parsed.if_array();
    return tree::object_in(list && !list->empty() ? list->front() : parsed);
}

}  // namespace

std::string call_id(
    const CallPiece& call, std::string_view answer_id, int candidate, std::size_t position
)
{
    if (!call.id.empty()) return call.id;
    const auto said = concat(call.name, call.arguments, call.replay);
    return openai_dialect::make_call_id(
        answer_id.empty() ? std::string_view(said) : answer_id, 0, candidate, position
    );
}

Result<Piece> read_piece(std::string_view text)
{
    const auto parsed = json::parse_tree(text);
    if (!parsed) return fail(ErrorKind::bad_response, "no JSON where an answer should be");
    const auto& from = answer_in(*parsed);
    if (tree::has(from, "error"))
        return std::unexpected(
            decode_error({.status = 200, .headers = {}, .body = std::string(text)})
        );
    if (!parsed->is_object()) return fail(ErrorKind::bad_response, "the answer is no JSON object");

    Piece piece;
    piece.id = string_at(from, "responseId");
    piece.model = string_at(from, "modelVersion");
    piece.usage = read_usage(object_at(from, "usageMetadata"));
    for (const auto& entry : tree::array_at(from, "candidates")) {
        const auto position = std::ssize(piece.candidates);
        if (position == most_candidates) break;
        auto candidate = read_candidate(tree::object_in(entry), position);
        if (!candidate) return std::unexpected(std::move(candidate).error());
        piece.candidates.push_back(*std::move(candidate));
    }
    const auto blocked = string_at(object_at(from, "promptFeedback"), "blockReason");
    if (piece.candidates.empty() && !blocked.empty()) {
        piece.blocked = true;
        piece.candidates.emplace_back().finish = FinishReason::content_filter;
    }
    return piece;
}

}  // namespace sluice::gemini
