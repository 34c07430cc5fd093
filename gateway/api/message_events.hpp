#pragma once

#include "api/message_json.hpp"
#include "core/chat.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// Writes one canonical stream as the events of Anthropic's: message_start, blocks one after
/// another, message_delta, message_stop. A block ends where something of another kind begins; what
/// comes mixed with the fragments of a tool call, text or another call, is held until that call is
/// whole.
class MessageEvents {
public:
    /// model stands in where the upstream names none.
    MessageEvents(std::string request_id, std::string model);

    void append(std::string& out, const ChatDelta& delta);
    void finish(std::string& out, const Usage& usage);

private:
    enum class Block { none, thinking, text, tool_use };
    struct Call {
        int index;
        std::string id;
        std::string name;
        std::string arguments;
        std::size_t shown = 0;  // bytes of them
    };

    struct Text {
        Block kind;
        std::string text;
    };

    void start(std::string& out, const ChatDelta& delta);
    bool calls_go_on() const;
    void take_text(std::string& out, Block kind, std::string_view text);
    void release_texts(std::string& out);
    void append_text(std::string& out, Block kind, std::string_view text);
    void take_fragment(const ToolCallDelta& fragment);
    void show_calls(std::string& out, bool all);
    void open(std::string& out, Block kind, std::string_view content_block);
    void close(std::string& out);

    std::string request_id_, model_;
    bool started_ = false;
    Block block_ = Block::none;  // that is open
    int index_ = -1;             // of the last block
    std::vector<Call> calls_;
    std::size_t call_ = 0;    // the first that is not over
    std::vector<Text> held_;  // came before a call was whole
    FinishReason finish_ = FinishReason::none;
    Shown shown_;
};

}  // namespace sluice
