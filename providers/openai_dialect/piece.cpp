#include "providers/openai_dialect/piece.hpp"

#include "providers/openai_dialect/errors.hpp"
#include "providers/openai_dialect/lenient.hpp"
#include "providers/openai_dialect/usage.hpp"

namespace sluice::openai_dialect {
namespace {

using json::Cursor;
using Kind = Cursor::Kind;

bool enter_object_if_any(Cursor& at)
{
    if (at.peek() == Kind::object) return at.enter_object();
    at.skip();
    return false;
}

bool enter_array_if_any(Cursor& at)
{
    if (at.peek() == Kind::array) return at.enter_array();
    at.skip();
    return false;
}

/// The texts of a string, or of an array of parts, one after the other.
std::string read_texts(Cursor& at)
{
    if (at.peek() == Kind::string) return at.string();
    std::string out;
    if (!enter_array_if_any(at)) return out;
    while (at.next_element()) {
        if (!enter_object_if_any(at)) continue;
        while (auto key = at.next_key()) {
            if (*key == "text" || *key == "summary")
                out += read_text(at);
            else
                at.skip();
        }
    }
    return out;
}

void read_content_part(Cursor& at, ChoicePiece& choice)
{
    if (at.peek() == Kind::string) {
        choice.content = choice.content.value_or("") + at.string();
        return;
    }
    if (!enter_object_if_any(at)) return;
    while (auto key = at.next_key()) {
        if (*key == "text")
            choice.content = choice.content.value_or("") + read_text(at);
        else if (*key == "thinking")
            choice.reasoning += read_texts(at);
        else
            at.skip();
    }
}

void read_content(Cursor& at, ChoicePiece& choice)
{
    if (at.peek() == Kind::string) {
        choice.content = at.string();
    } else if (enter_array_if_any(at)) {
        while (at.next_element()) read_content_part(at, choice);
    }
}

/// Arguments as the model wrote them; a server may have parsed them already.
std::string read_arguments(Cursor& at)
{
    if (at.peek() == Kind::string) return at.string();
    return std::string(read_raw(at));
}

void read_function(Cursor& at, ToolCallPiece& call)
{
    if (!enter_object_if_any(at)) return;
    while (auto key = at.next_key()) {
        if (*key == "name")
            call.name = read_text(at);
        else if (*key == "arguments" || *key == "input")
            call.arguments = read_arguments(at);
        else
            at.skip();
    }
}

void read_tool_calls(Cursor& at, ChoicePiece& choice)
{
    if (!enter_array_if_any(at)) return;
    while (at.next_element()) {
        if (!enter_object_if_any(at)) continue;
        auto& call = choice.tool_calls.emplace_back();
        while (auto key = at.next_key()) {
            if (*key == "index") {
                call.index = read_count(at);
            } else if (*key == "id") {
                call.id = read_text(at);
                if (call.id == "null") call.id.clear();
            } else if (*key == "function") {
                read_function(at, call);
            } else if (*key == "custom") {
                call.custom = true;
                read_function(at, call);
            } else {
                at.skip();
            }
        }
    }
}

void read_message(Cursor& at, ChoicePiece& choice)
{
    std::string details;
    if (!enter_object_if_any(at)) return;
    while (auto key = at.next_key()) {
        if (*key == "content") {
            read_content(at, choice);
        } else if (*key == "refusal") {
            choice.refusal = read_string(at);
        } else if (*key == "reasoning_content" || *key == "reasoning" || *key == "reasoning_text") {
            // A server that has two of these says the same in both.
            auto text = read_texts(at);
            if (choice.reasoning.empty()) choice.reasoning = std::move(text);
        } else if (*key == "reasoning_details") {
            details = read_texts(at);
        } else if (*key == "tool_calls") {
            read_tool_calls(at, choice);
        } else if (*key == "function_call") {
            if (at.peek() == Kind::object)
                read_function(at, choice.tool_calls.emplace_back());
            else
                at.skip();
        } else if (*key == "annotations") {
            const auto text = read_raw(at);
            if (text.starts_with('[') && text != "[]") choice.annotations = text;
        } else if (*key == "audio") {
            const auto text = read_raw(at);
            if (text.starts_with('{')) choice.audio = text;
        } else {
            at.skip();
        }
    }
    if (choice.reasoning.empty()) choice.reasoning = std::move(details);
}

void read_finish(Cursor& at, ChoicePiece& choice)
{
    const auto word = read_string(at).value_or("");
    if (word.empty()) return;
    if (word == "error" || word == "insufficient_system_resource")
        choice.failed = true;
    else if (word == "length" || word == "model_length" || word == "max_tokens")
        choice.finish = FinishReason::length;
    else if (word == "tool_calls" || word == "function_call")
        choice.finish = FinishReason::tool_calls;
    else if (word == "content_filter")
        choice.finish = FinishReason::content_filter;
    else
        choice.finish = FinishReason::stop;
}

/// error: the JSON text of an error that stands in the choice.
void read_choice(Cursor& at, ChoicePiece& choice, std::string_view& error)
{
    while (auto key = at.next_key()) {
        if (*key == "delta" || *key == "message") {
            read_message(at, choice);
        } else if (*key == "index") {
            choice.index = read_count(at);
        } else if (*key == "finish_reason") {
            read_finish(at, choice);
        } else if (*key == "logprobs") {
            choice.logprobs = read_raw(at);
        } else if (*key == "usage") {
            choice.usage = read_usage(at);
        } else if (*key == "error") {
            error = read_raw(at);
        } else {
            at.skip();
        }
    }
}

void read_choices(Cursor& at, Piece& piece, std::string_view& error)
{
    if (!enter_array_if_any(at)) return;
    while (at.next_element()) {
        if (!enter_object_if_any(at)) continue;
        auto& choice = piece.choices.emplace_back();
        read_choice(at, choice, error);
        if (choice.usage) piece.usage = choice.usage;
    }
}

/// Groq's own corner: usage of a stream, and errors in it.
void read_groq(Cursor& at, Piece& piece, std::string_view& error)
{
    if (!enter_object_if_any(at)) return;
    while (auto key = at.next_key()) {
        if (*key == "usage") {
            if (auto usage = read_usage(at)) piece.usage = usage;
        } else if (*key == "error") {
            error = read_raw(at);
        } else {
            at.skip();
        }
    }
}

}  // namespace

Result<Piece> read_piece(std::string_view text)
{
    Piece piece;
    std::string_view error;
    bool is_error = false;
    Cursor at(text);
    at.enter_object();
    while (auto key = at.next_key()) {
        if (*key == "choices") {
            read_choices(at, piece, error);
        } else if (*key == "id") {
            piece.id = read_text(at);
        } else if (*key == "model") {
            piece.model = read_text(at);
        } else if (*key == "created") {
            piece.created = read_count(at).value_or(0);
        } else if (*key == "usage") {
            if (auto usage = read_usage(at)) piece.usage = usage;
        } else if (*key == "service_tier") {
            piece.service_tier = read_text(at);
        } else if (*key == "system_fingerprint") {
            piece.system_fingerprint = read_text(at);
        } else if (*key == "object" || *key == "type") {
            is_error |= read_text(at) == "error";
        } else if (*key == "error") {
            error = read_raw(at);
        } else if (*key == "x_groq") {
            read_groq(at, piece, error);
        } else {
            at.skip();
        }
    }
    if (!at.finish())
        return fail(ErrorKind::bad_response, concat("no chat completion: ", at.error().message));
    if (is_error || !error.empty()) {
        auto facts = is_error ? find_error(text) : find_error(concat("{\"error\":", error, "}"));
        return std::unexpected(classify(200, std::move(facts).value_or(ErrorFacts{}), {}));
    }
    return piece;
}

std::string make_call_id(
    std::string_view answer_id, std::int64_t created, int choice, std::size_t call
)
{
    std::uint64_t hash = 14695981039346656037u;  // FNV-1a
    for (const char c : concat(
             answer_id,
             " ",
             std::to_string(created),
             " ",
             std::to_string(choice),
             " ",
             std::to_string(call)
         ))
        hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
    constexpr std::string_view digits =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    std::string id = "call_";
    for (int i = 0; i < 9; ++i, hash /= digits.size()) id += digits[hash % digits.size()];
    return id;
}

int choice_index(const ChoicePiece& piece, std::size_t position)
{
    constexpr std::int64_t most = 127;  // n is at most 128
    const auto index = piece.index.value_or(-1);
    return static_cast<int>(
        index >= 0 && index <= most ? index : static_cast<std::int64_t>(position)
    );
}

Error failed_finish()
{
    return {
        .kind = ErrorKind::server_error,
        .message = "the provider broke the answer off: it finished with an error",
        .upstream_status = 200
    };
}

}  // namespace sluice::openai_dialect
