#pragma once

#include "api/response_event.hpp"
#include "api/responses_object.hpp"
#include "api/responses_output.hpp"
#include "core/chat.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// Writes one canonical stream as the events of a response (provider-apis.md 1.7): every item is
/// opened, told piece by piece, closed, and told as a whole. One item takes text at a time; calls
/// stay open to the end, because their fragments may come in any order.
class ResponseEvents {
public:
    ResponseEvents(const ResponseObject& object, const NewId& new_id)
        : object_(object), new_id_(new_id)
    {
    }

    void open(std::string& out);
    void append(std::string& out, const ChoiceDelta& choice);
    /// Returns the response object of the last event.
    std::string finish(std::string& out, const Usage& usage);
    /// Also instead of what finish() has just appended.
    void fail(std::string& out, const Error& error);

private:
    using Type = OutputItem::Type;

    const ResponseObject& object_;
    const NewId& new_id_;
    EventNumbers events_;
    std::vector<OutputItem> items_;
    std::optional<std::size_t> speaking_;  // the item that takes text
    struct Call {
        int index;
        std::size_t item;
    };
    std::vector<Call> calls_;
    FinishReason finish_ = FinishReason::none;
    std::optional<std::int64_t> end_;  // number of the first event that finish() wrote

    void append_thought(std::string& out, const std::string& text);
    void append_text(std::string& out, const std::string& text, std::string_view logprobs);
    void append_refusal(std::string& out, const std::string& text);
    void append_call(std::string& out, const ToolCallDelta& fragment);

    void open_message(std::string& out);
    OutputItem& open_item(std::string& out, OutputItem item);
    OutputItem& begin_call(std::string& out, const ToolCallDelta& fragment);
    void add_arguments(std::string& out, OutputItem& item, const std::string& text);
    bool speaks(Type type) const { return speaking_ && items_[*speaking_].type == type; }
    void stop_speaking(std::string& out, std::string_view status);
    void close_text_part(std::string& out, const OutputItem& item);
    void close_call(std::string& out, OutputItem& item, std::string_view status);
    void close_item(std::string& out, const OutputItem& item, std::string_view status);
    template <class Fill>
    void tell(std::string& out, std::string_view type, const OutputItem& item, Fill fill);
};

}  // namespace sluice
