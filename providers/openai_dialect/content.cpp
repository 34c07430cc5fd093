#include "providers/openai_dialect/content.hpp"

#include "providers/openai_dialect/lenient.hpp"

namespace sluice::openai_dialect {

using json::Cursor;
using Kind = Cursor::Kind;

void read_texts(Cursor& at, Texts& texts)
{
    if (at.peek() == Kind::string) return texts.push_back(at.raw_text());
    if (!enter_array_if_any(at)) return;
    while (at.next_element()) {
        if (!enter_object_if_any(at)) continue;
        while (auto key = at.next_key()) {
            if (*key == "text" || *key == "summary")
                texts.push_back(read_text(at));
            else
                at.skip();
        }
    }
}

namespace {

void read_content_part(Cursor& at, ChoicePiece& choice)
{
    if (at.peek() == Kind::string) return choice.content.push_back(at.raw_text());
    if (!enter_object_if_any(at)) return;
    while (auto key = at.next_key()) {
        if (*key == "text")
            choice.content.push_back(read_text(at));
        else if (*key == "thinking")
            read_texts(at, choice.reasoning);
        else
            at.skip();
    }
}

}  // namespace

void read_content(Cursor& at, ChoicePiece& choice)
{
    if (at.peek() == Kind::string) {
        choice.content.assign(1, at.raw_text());
    } else if (enter_array_if_any(at)) {
        while (at.next_element()) read_content_part(at, choice);
    }
}

json::RawText read_arguments(Cursor& at)
{
    if (at.peek() == Kind::string) return at.raw_text();
    return {.chars = read_raw(at)};
}

}  // namespace sluice::openai_dialect
