#include "api/chat_completions.hpp"

#include "api/chat_message.hpp"
#include "api/native_completion.hpp"
#include "api/usage_json.hpp"
#include "core/json.hpp"

namespace sluice {

std::string ChatCompletionsForm::whole(ChatResponse&& response, const AnswerFacts& facts)
{
    if (!response.native.empty()) return native_completion(std::move(response), facts);
    std::string out;
    json::ObjectWriter body(out);
    body.field("id", response.id.empty() ? concat("chatcmpl-", facts.request_id) : response.id);
    body.field("object", "chat.completion");
    body.field("created", response.created ? response.created : facts.created);
    body.field("model", response.model.empty() ? facts.model : response.model);
    append_choices(body.key("choices"), response);
    if (response.usage) body.raw("usage", usage_json(*response.usage));
    if (!response.service_tier.empty()) body.field("service_tier", response.service_tier);
    if (!response.system_fingerprint.empty())
        body.field("system_fingerprint", response.system_fingerprint);
    body.close();
    return out;
}

}  // namespace sluice
