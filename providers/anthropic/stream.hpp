#pragma once

#include "providers/anthropic/answer.hpp"
#include "providers/anthropic/thoughts.hpp"
#include "providers/translator.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <string>

namespace sluice::anthropic {

/// Reads the events of one stream of the Messages API (provider-apis.md 3.1 and 6.2). Blocks come
/// one after another, never interleaved.
class MessageStreamDecoder final : public StreamDecoder {
public:
    Result<void> on_event(const SseEvent& event, ChatDelta& delta) override;
    bool complete() const override { return complete_; }
    Result<void> finish() override;

private:
    using Event = boost::json::object;
    struct Row;
    static const Row rows[];

    enum class Kind { none, text, thinking, tool_use, other };
    struct Block {
        Kind kind = Kind::none;
        std::int64_t index = -1;
        int call = 0;            // tool_use: its place among the calls
        std::string input;       // tool_use: for where no fragments come
        bool has_input = false;  // tool_use: fragments have come
        std::string thinking;    // thinking, as far as it is kept for replay
        std::string signature;
    };

    std::string id_, model_;
    Block block_;
    Thoughts thoughts_;
    UsageCounts counts_;
    int calls_ = 0;
    bool opened_ = false;             // the role has been said
    bool thought_ = false;            // something was thought
    bool paragraph_pending_ = false;  // the next thought is a paragraph of its own
    bool finished_ = false;           // the finish reason has been said
    bool failed_ = false;
    bool complete_ = false;

    void begin(const Event& event, ChatDelta& delta);
    void begin_block(const Event& event, ChatDelta& delta);
    void block_delta(const Event& event, ChatDelta& delta);
    void end_block(const Event& event, ChatDelta& delta);
    void message_delta(const Event& event, ChatDelta& delta);
    void end(const Event& event, ChatDelta& delta);

    void add_call(const boost::json::object& block, ChatDelta& delta);
    void add_thought(std::string_view text, ChatDelta& delta);
    void add_arguments(int call, std::string_view text, ChatDelta& delta);
    ChoiceDelta& choice_of(ChatDelta& delta);
};

}  // namespace sluice::anthropic
