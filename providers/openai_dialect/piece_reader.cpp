#include "providers/openai_dialect/content.hpp"
#include "providers/openai_dialect/errors.hpp"
#include "providers/openai_dialect/lenient.hpp"
#include "providers/openai_dialect/piece.hpp"
#include "providers/openai_dialect/usage.hpp"

#include <utility>

namespace sluice::openai_dialect {
namespace {

using json::Cursor;
using Kind = Cursor::Kind;

bool is_unwanted(std::string_view key)
{
    return key == "usage" || key == "obfuscation" || key == "x_groq";
}

FinishReason finish_of(std::string_view word)
{
    if (word == "length" || word == "model_length" || word == "max_tokens")
        return FinishReason::length;
    if (word == "tool_calls" || word == "function_call") return FinishReason::tool_calls;
    if (word == "content_filter") return FinishReason::content_filter;
    return FinishReason::stop;
}

/// Reads leniently, and says of what it reads whether every client would take it: the functions
/// that return bool consume one value and return that.
class PieceReader {
public:
    PieceReader(std::string_view text, Layout layout, Piece& piece)
        : text_(text), at_(text), whole_(layout == Layout::whole), piece_(piece)
    {
    }

    Result<void> read();

private:
    std::string_view text_;
    Cursor at_;
    bool whole_;
    Piece& piece_;
    std::size_t first_ = 0;   // where the members begin
    std::string_view error_;  // JSON text of an error that stands somewhere
    bool is_error_ = false;

    /// Whether the value at hand begins with this, which has to be all of a string.
    bool is(std::string_view json_text) const { return at_.rest().starts_with(json_text); }
    bool is_string() { return at_.peek() == Kind::string; }
    bool is_filled_string() { return is_string() && !is(R"("")"); }
    bool is_text_or_null() { return is_string() || is("null"); }
    std::string_view read_word();

    void read_member(std::string_view key);
    void read_groq();
    void sift(bool wanted, std::size_t begin, std::size_t end);
    bool read_choices();
    bool read_choice(ChoicePiece& choice);
    bool read_finish(ChoicePiece& choice);
    bool read_message(ChoicePiece& choice, bool& role);
    bool read_member_of_message(std::string_view key, ChoicePiece& choice);
    bool read_tool_calls(ChoicePiece& choice);
    bool read_tool_call(ToolCallPiece& call);
    bool read_function(ToolCallPiece& call);
};

/// A string, valid until the next call; empty where another value stands.
std::string_view PieceReader::read_word()
{
    if (is_string()) return at_.text();
    at_.skip();
    return {};
}

bool PieceReader::read_function(ToolCallPiece& call)
{
    bool name = false;
    bool arguments = false;
    if (!enter_object_if_any(at_)) return false;
    while (auto key = at_.next_key()) {
        if (*key == "name") {
            name = is_string();
            call.name = read_text(at_);
        } else if (*key == "arguments" || *key == "input") {
            arguments = is_string();
            call.arguments = read_arguments(at_);
        } else {
            at_.skip();
        }
    }
    return arguments && (name || !whole_);
}

/// A fragment of a stream has an index, and names its call only the first time.
bool PieceReader::read_tool_call(ToolCallPiece& call)
{
    bool index = whole_;
    bool id = !whole_;
    bool function = false;
    while (auto key = at_.next_key()) {
        if (*key == "index") {
            call.index = read_count(at_, index);
        } else if (*key == "id") {
            id = is_filled_string() || !whole_;
            call.id = read_text(at_);
            if (call.id.chars == "null") call.id = {};
        } else if (*key == "function") {
            function = read_function(call);
        } else if (*key == "custom") {
            call.custom = true;
            function = read_function(call);
        } else {
            at_.skip();
        }
    }
    return index && id && function;
}

bool PieceReader::read_tool_calls(ChoicePiece& choice)
{
    if (at_.peek() != Kind::array) return json::is_null(at_.skip()) && whole_;
    bool sound = true;
    at_.enter_array();
    while (at_.next_element())
        sound &= enter_object_if_any(at_) && read_tool_call(choice.tool_calls.emplace_back());
    return sound;
}

bool PieceReader::read_member_of_message(std::string_view key, ChoicePiece& choice)
{
    if (key == "content") {
        const bool sound = is_text_or_null();
        read_content(at_, choice);
        return sound;
    }
    if (key == "refusal") {
        const bool sound = is_text_or_null();
        choice.refusal = read_string(at_);
        return sound;
    }
    if (key == "tool_calls") return read_tool_calls(choice);
    if (key == "reasoning_content" || key == "reasoning" || key == "reasoning_text") {
        // A server that has two of these says the same in both.
        Texts texts;
        read_texts(at_, texts);
        if (is_empty(choice.reasoning)) choice.reasoning = std::move(texts);
    } else if (key == "function_call" && at_.peek() == Kind::object) {
        read_function(choice.tool_calls.emplace_back());
    } else if (key == "annotations") {
        const auto text = read_raw(at_);
        if (text.starts_with('[') && text != "[]") choice.annotations = text;
    } else if (key == "audio") {
        const auto text = read_raw(at_);
        if (text.starts_with('{')) choice.audio = text;
    } else {
        at_.skip();
    }
    return true;
}

/// A message or a delta; role: whether it says the assistant's.
bool PieceReader::read_message(ChoicePiece& choice, bool& role)
{
    Texts details;
    bool sound = true;
    if (!enter_object_if_any(at_)) return false;
    while (auto key = at_.next_key()) {
        if (*key == "role") {
            role = read_word() == "assistant";
        } else if (*key == "reasoning_details") {
            details.clear();
            read_texts(at_, details);
        } else {
            sound &= read_member_of_message(*key, choice);
        }
    }
    if (is_empty(choice.reasoning)) choice.reasoning = std::move(details);
    return sound;
}

bool PieceReader::read_finish(ChoicePiece& choice)
{
    if (!is_string()) return json::is_null(at_.skip()) && !whole_;
    const auto word = at_.text();
    if (word.empty()) return false;
    if (word == "error" || word == "insufficient_system_resource") {
        choice.failed = true;
        return false;
    }
    choice.finish = finish_of(word);
    return word == to_string(choice.finish) || word == "function_call";
}

bool PieceReader::read_choice(ChoicePiece& choice)
{
    bool index = false, message = false, role = false, finish = false, sound = true;
    while (auto key = at_.next_key()) {
        if (*key == (whole_ ? "message" : "delta")) {
            message = read_message(choice, role);
        } else if (*key == "message" || *key == "delta") {
            bool beside_the_point = false;
            read_message(choice, beside_the_point);
        } else if (*key == "index") {
            choice.index = read_count(at_, index);
        } else if (*key == "finish_reason") {
            finish = read_finish(choice);
        } else if (*key == "logprobs") {
            choice.logprobs = read_raw(at_);
        } else if (*key == "usage") {
            if (auto usage = read_usage(at_)) piece_.usage = usage;
            sound = false;  // Moonshot's place for it
        } else if (*key == "error") {
            error_ = read_raw(at_);
        } else {
            at_.skip();
        }
    }
    piece_.form.role = role;
    return sound && index && message && finish && (role || !whole_);
}

/// A chunk has one choice: some clients look at no other.
bool PieceReader::read_choices()
{
    std::size_t count = 0;
    bool sound = true;
    if (!enter_array_if_any(at_)) return false;
    for (; at_.next_element(); ++count) {
        if (!enter_object_if_any(at_)) {
            sound = false;
            continue;
        }
        sound &= read_choice(piece_.choices.emplace_back());
    }
    return sound && (whole_ ? count > 0 : count == 1);
}

/// Groq's own corner: usage of a stream, and errors in it.
void PieceReader::read_groq()
{
    if (!enter_object_if_any(at_)) return;
    while (auto key = at_.next_key()) {
        if (*key == "usage") {
            if (auto usage = read_usage(at_)) piece_.usage = usage;
        } else if (*key == "error") {
            error_ = read_raw(at_);
        } else {
            at_.skip();
        }
    }
}

void PieceReader::read_member(std::string_view key)
{
    auto& form = piece_.form;
    if (key == "choices") {
        form.choices = read_choices();
    } else if (key == "id") {
        form.id = is_filled_string();
        piece_.id = read_text(at_);
    } else if (key == "model") {
        form.model = is_filled_string();
        piece_.model = read_text(at_);
    } else if (key == "created") {
        piece_.created = read_count(at_, form.created).value_or(0);
    } else if (key == "usage") {
        form.usage = at_.peek() == Kind::object;
        if (auto usage = read_usage(at_)) piece_.usage = usage;
    } else if (key == "service_tier") {
        piece_.service_tier = read_text(at_);
    } else if (key == "system_fingerprint") {
        piece_.system_fingerprint = read_text(at_);
    } else if (key == "object" || key == "type") {
        const bool object = key == "object";
        const auto word = read_word();
        if (object) form.object = word == (whole_ ? "chat.completion" : "chat.completion.chunk");
        is_error_ |= word == "error";
    } else if (key == "error") {
        error_ = read_raw(at_);
    } else if (key == "x_groq") {
        read_groq();
    } else {
        at_.skip();
    }
}

/// Notes of a member of a chunk, between begin and end with the comma before it, that it is not
/// wanted. Where nothing wanted stands before it, the comma behind it goes too.
void PieceReader::sift(bool wanted, std::size_t begin, std::size_t end)
{
    auto& unwanted = piece_.unwanted;
    const bool follows = !unwanted.empty() && unwanted.back().end == begin;
    if (!wanted && follows)
        unwanted.back().end = end;
    else if (!wanted)
        unwanted.push_back({.begin = begin, .end = end});
    else if (follows && unwanted.back().begin == first_)
        unwanted.back().end = text_.find('"', begin);
}

Result<void> PieceReader::read()
{
    at_.enter_object();
    auto end = first_ = at_.offset();
    while (auto key = at_.next_key()) {
        const bool wanted = whole_ || !is_unwanted(*key);
        read_member(*key);
        if (!whole_) sift(wanted, std::exchange(end, at_.offset()), at_.offset());
    }
    if (!at_.finish())
        return fail(ErrorKind::bad_response, concat("no chat completion: ", at_.error().message));
    if (!is_error_ && error_.empty()) return {};
    auto facts = is_error_ ? find_error(text_) : find_error(concat("{\"error\":", error_, "}"));
    return std::unexpected(classify(200, std::move(facts).value_or(ErrorFacts{}), {}));
}

}  // namespace

Result<void> read_piece(std::string_view text, Layout layout, Piece& piece)
{
    return PieceReader(text, layout, piece).read();
}

}  // namespace sluice::openai_dialect
