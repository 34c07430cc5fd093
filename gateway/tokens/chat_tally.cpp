#include "tokens/chat_tally.hpp"

#include <utility>

namespace sluice {
namespace {

using json::Cursor;

// What stands around the texts.
constexpr std::int64_t message_frame = 3;
constexpr std::int64_t name_frame = 1;
constexpr std::int64_t reply_start = 3;
constexpr std::int64_t tool_frame = 12;

// What is no text. The price of an image depends on its size and the model, that of audio and of
// files on what is in them: nobody can say before the call.
constexpr std::int64_t image_in_low_detail = 85;
constexpr std::int64_t image = 1500;
constexpr std::int64_t attachment = 1500;

/// Adds up what a cursor passes.
class Tallier {
public:
    explicit Tallier(const TextMeasure& measure) : measure_(measure) {}

    const ChatTally& tally() const { return tally_; }

    void reply() { tally_.tokens += reply_start; }

    void messages(Cursor& at)
    {
        each(at, [&] { message(at); });
    }

    void message(Cursor& at)
    {
        tally_.tokens += message_frame;
        members(at, [&](std::string_view key) {
            if (key == "role") return text(at);
            if (key == "content") return content(at);
            if (key == "name") return name(at);
            approximate(at);
        });
    }

    /// The model sees them in a shorter form than JSON.
    void tools(Cursor& at)
    {
        each(at, [&] {
            tally_.tokens += tool_frame;
            approximate(at);
        });
    }

    void response_format(Cursor& at)
    {
        members(at, [&](std::string_view key) {
            if (key == "json_schema")
                approximate(at);
            else
                at.skip();
        });
    }

private:
    const TextMeasure& measure_;
    ChatTally tally_;

    /// Calls element at each element; a value that is no array is passed over.
    static void each(Cursor& at, auto element)
    {
        if (at.peek() != Cursor::Kind::array) return void(at.skip());
        at.enter_array();
        while (at.next_element()) element();
    }

    /// Calls member with each key; a value that is no object is passed over.
    static void members(Cursor& at, auto member)
    {
        if (at.peek() != Cursor::Kind::object) return void(at.skip());
        at.enter_object();
        while (const auto key = at.next_key()) member(*key);
    }

    void text(Cursor& at)
    {
        if (at.peek() != Cursor::Kind::string) return void(at.skip());
        tally_.tokens += measure_.tokens(at.string());
    }

    /// What is rendered in a way of the provider's own: its JSON is longer.
    void approximate(Cursor& at)
    {
        const auto value = at.skip();
        if (json::is_null(value)) return;
        tally_.tokens += measure_.tokens(value);
        tally_.text_only = false;
    }

    void name(Cursor& at)
    {
        if (at.peek() == Cursor::Kind::string) tally_.tokens += name_frame;
        text(at);
    }

    void content(Cursor& at)
    {
        if (at.peek() != Cursor::Kind::array) return text(at);
        each(at, [&] { part(at); });
    }

    void part(Cursor& at)
    {
        members(at, [&](std::string_view key) {
            if (key == "text" || key == "refusal") return text(at);
            if (key == "image_url") return image_part(at);
            if (key == "input_audio" || key == "file") flat(attachment);
            at.skip();
        });
    }

    void image_part(Cursor& at)
    {
        bool low = false;
        members(at, [&](std::string_view key) {
            const auto value = at.skip();
            if (key == "detail") low = value == R"("low")";
        });
        flat(low ? image_in_low_detail : image);
    }

    void flat(std::int64_t tokens)
    {
        tally_.tokens += tokens;
        tally_.text_only = false;
    }
};

}  // namespace

ChatTally tally_message(const TextMeasure& measure, std::string_view message)
{
    Tallier tallier(measure);
    Cursor at(message);
    tallier.message(at);
    return tallier.tally();
}

ChatTally tally_chat(const TextMeasure& measure, const json::Document& chat)
{
    Tallier tallier(measure);
    tallier.reply();
    for (const auto& [key, pass] : {
             std::pair{"messages", &Tallier::messages},
             std::pair{"tools", &Tallier::tools},
             std::pair{"functions", &Tallier::tools},
             std::pair{"response_format", &Tallier::response_format},
         }) {
        const auto value = chat.find(key);
        if (!value) continue;
        Cursor at(*value);
        (tallier.*pass)(at);
    }
    return tallier.tally();
}

}  // namespace sluice
