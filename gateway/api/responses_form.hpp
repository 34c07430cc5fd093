#pragma once

#include "api/chat_form.hpp"
#include "api/responses_events.hpp"
#include "api/responses_native.hpp"
#include "api/responses_object.hpp"
#include "api/responses_output.hpp"

#include <optional>
#include <string>

namespace sluice {

/// /v1/responses: OpenAI's object and events; the provider's own where it speaks them too.
class ResponsesForm : public ChatForm {
public:
    ResponsesForm(const ResponsesRequest& request, NewId new_id)
        : object_(request), new_id_(std::move(new_id))
    {
    }
    ResponsesForm(const ResponsesForm&) = delete;
    ResponsesForm& operator=(const ResponsesForm&) = delete;

    std::string whole(ChatResponse&& response, const AnswerFacts& facts) override;
    void begin(std::string& out, AnswerFacts facts) override;
    void append(std::string& out, const ChatDelta& delta) override;
    void finish(std::string& out, const Usage& usage) override;
    void fail(std::string& out, const Error& error) override;

    /// The response object of the whole answer; empty before it is there.
    const std::string& response() const { return response_; }

private:
    ResponseObject object_;
    NewId new_id_;
    AnswerFacts facts_;
    std::optional<ResponseEvents> events_;  // one of the two, once the first delta is there
    std::optional<NativeResponseEvents> native_;
    std::string response_;

    void name(const std::string& model, std::int64_t created);
    void open(std::string& out, const ChatDelta& first);
};

}  // namespace sluice
