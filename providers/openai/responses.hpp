#pragma once

#include "providers/openai/capabilities.hpp"
#include "providers/translator.hpp"

namespace sluice::openai {

/// A chat request as a call of POST /responses, for models that take it (or its tools) there only
/// (provider-apis.md 1.8). Nothing is stored upstream unless the caller asked for it.
Result<Call> encode_responses(
    const ChatRequest& chat, const Deployment& deployment, LeftOut left_out, const ModelRules& rules
);

/// A request that came in the form of this API, byte for byte save what the model does not take.
/// The conversation is the gateway's to keep: nothing is stored upstream.
Result<Call> encode_native_responses(
    const ChatRequest& chat, const Deployment& deployment, LeftOut left_out, const ModelRules& rules
);

/// Reads what comes back, as the answer to the chat request.
const AnswerReader& responses_reader();

}  // namespace sluice::openai
