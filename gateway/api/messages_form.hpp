#pragma once

#include "api/chat_form.hpp"
#include "api/message_events.hpp"

#include <optional>
#include <string>

namespace sluice {

/// /v1/messages: Anthropic's message and its events, as they came where the provider speaks them
/// too. Of several choices the first is shown. What a model of another provider thought is a
/// thinking block without a signature, which is taken out again where it comes back
/// (unsigned_thoughts.hpp).
class MessagesForm : public ChatForm {
public:
    std::string whole(ChatResponse&& response, const AnswerFacts& facts) override;
    void begin(std::string& out, AnswerFacts facts) override;
    void append(std::string& out, const ChatDelta& delta) override;
    void finish(std::string& out, const Usage& usage) override;
    void fail(std::string& out, const Error& error) override;

private:
    std::string request_id_;
    std::optional<MessageEvents> events_;
    bool native_ = false;      // the provider's own events are passed on
    std::string native_stop_;  // its last one, which waits for the end
};

}  // namespace sluice
