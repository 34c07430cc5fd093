#pragma once

#include "providers/translator.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::openai {

/// Reads the events of one streamed Response as deltas of a chat answer. An item whose delta events
/// did not come is taken whole from the event that closes it.
class ResponsesStreamDecoder final : public StreamDecoder {
public:
    Result<void> on_event(const SseEvent& event, ChatDelta& delta) override;
    bool complete() const override { return complete_; }
    Result<void> finish() override;

private:
    using Event = boost::json::object;
    using Place = std::pair<std::int64_t, std::int64_t>;  // output index, content index
    struct Row;
    struct Call {
        std::int64_t output_index = 0;
        bool has_arguments = false;
    };

    static const Row rows[];
    std::string id_, model_;
    std::int64_t created_ = 0;
    bool opened_ = false;
    bool complete_ = false;
    bool thought_ = false;            // some reasoning has been passed on
    bool paragraph_pending_ = false;  // the next piece of it begins a paragraph
    std::vector<Place> shown_;        // parts of which something has been passed on
    std::vector<Call> calls_;

    void begin(const Event& event, ChatDelta& delta);
    void end(const Event& event, ChatDelta& delta);
    void text_delta(const Event& event, ChatDelta& delta);
    void refusal_delta(const Event& event, ChatDelta& delta);
    void reasoning_delta(const Event& event, ChatDelta& delta);
    void reasoning_part(const Event& event, ChatDelta& delta);
    void item_added(const Event& event, ChatDelta& delta);
    void item_done(const Event& event, ChatDelta& delta);
    void arguments_delta(const Event& event, ChatDelta& delta);

    ChoiceDelta& choice_of(ChatDelta& delta);
    bool show_once(std::int64_t output_index, std::int64_t content_index);
    void add_call(std::int64_t output_index, const boost::json::object& item, ChatDelta& delta);
    void add_arguments(std::size_t call, std::string_view text, ChatDelta& delta);
    std::size_t find_call(std::int64_t output_index) const;
    void remember(const boost::json::object& response);
};

}  // namespace sluice::openai
