#pragma once

#include "core/error.hpp"
#include "core/json.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// Items of the Responses API as the messages of a chat, one after the other. The text and the
/// calls that a model brings forth in one turn become one message.
class MessagesTranslation {
public:
    /// What stands before all items: the system's text (JSON text of a string).
    void add_instructions(std::string_view text);
    /// path is what errors name: "input[2]". Error: invalid_request.
    Result<void> add(std::string_view item, const std::string& path);

    /// The array of messages. To be called once, at the end.
    std::string take();
    /// Path of the first thing that chat has no form for; empty: none.
    const std::string& native_only() const { return native_only_; }

private:
    using Object = json::Document;
    struct Kind;
    struct Turn {
        std::vector<std::string> texts;
        std::string refusal;
        std::vector<std::string> calls;
    };

    static const Kind kinds[];
    std::vector<std::string> messages_;
    Turn turn_;  // of the model, not written yet
    std::vector<std::string> call_ids_;
    std::string native_only_;

    Result<void> add_message(const Object& item, const std::string& path);
    Result<void> add_function_call(const Object& item, const std::string& path);
    Result<void> add_custom_call(const Object& item, const std::string& path);
    Result<void> add_call_output(const Object& item, const std::string& path);
    Result<void> add_nothing(const Object& item, const std::string& path);

    Result<void> add_call(
        const Object& item, std::string_view type, std::string_view input, const std::string& path
    );
    Result<void> add_to_turn(std::string_view content, const std::string& path);
    Result<std::string> content_of(std::string_view content, const std::string& path);
    Result<std::string> part_of(std::string_view part, const std::string& path);
    void note_native(const std::string& path);
    void end_turn();
};

}  // namespace sluice
