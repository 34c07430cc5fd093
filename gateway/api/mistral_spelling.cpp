#include "api/mistral_spelling.hpp"

#include <string>
#include <string_view>

namespace sluice {
namespace {

using json::Cursor;

/// Copies a text and puts an object around each bare address in it.
class ImageRespeller {
public:
    explicit ImageRespeller(std::string_view messages) : text_(messages), at_(messages) {}

    std::string respelled()
    {
        for_each_object([&](std::string_view member) {
            if (member != "content" || at_.peek() != Cursor::Kind::array) return skip();
            for_each_object([&](std::string_view key) {
                if (key == "image_url" && at_.peek() == Cursor::Kind::string)
                    put(at_.raw_string());
                else
                    skip();
            });
        });
        return out_.append(text_.substr(copied_));
    }

private:
    std::string_view text_;
    Cursor at_;
    std::string out_;
    std::size_t copied_ = 0;

    void skip() { at_.skip(); }

    /// each(key) consumes one member of an element of the array at hand.
    template <class Each>
    void for_each_object(Each each)
    {
        at_.enter_array();
        while (at_.next_element()) {
            if (at_.peek() != Cursor::Kind::object) {
                skip();
                continue;
            }
            at_.enter_object();
            while (auto key = at_.next_key()) each(*key);
        }
    }

    void put(std::string_view address)
    {
        const auto begin = static_cast<std::size_t>(address.data() - text_.data());
        out_.append(text_.substr(copied_, begin - copied_));
        out_.append(R"({"url":)").append(address).append("}");
        copied_ = begin + address.size();
    }
};

}  // namespace

Result<void> respell_for_openai(ChatRequest& chat)
{
    const auto& document = chat.document;
    json::Edits edits;
    if (document.find("tool_choice") == R"("any")") edits.put("tool_choice", R"("required")");
    if (document.contains("random_seed") && !document.contains("seed"))
        edits.rename("random_seed", "seed");
    if (chat.needs.images) {
        const auto messages = document.find("messages").value_or("[]");
        auto respelled = ImageRespeller(messages).respelled();
        if (respelled != messages) edits.put("messages", respelled);
    }
    if (edits.empty()) return {};
    auto edited = json::Document::parse(document.spliced(edits));
    if (!edited) return std::unexpected(std::move(edited).error());
    chat.document = std::move(*edited);
    return {};
}

}  // namespace sluice
