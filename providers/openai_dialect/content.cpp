#include "providers/openai_dialect/content.hpp"

#include "providers/openai_dialect/lenient.hpp"

namespace sluice::openai_dialect {

using json::Cursor;
using Kind = Cursor::Kind;

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

namespace {

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

}  // namespace

void read_content(Cursor& at, ChoicePiece& choice)
{
    if (at.peek() == Kind::string) {
        choice.content = at.string();
    } else if (enter_array_if_any(at)) {
        while (at.next_element()) read_content_part(at, choice);
    }
}

std::string read_arguments(Cursor& at)
{
    if (at.peek() == Kind::string) return at.string();
    return std::string(read_raw(at));
}

}  // namespace sluice::openai_dialect
