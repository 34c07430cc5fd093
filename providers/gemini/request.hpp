#pragma once

#include "providers/translator.hpp"

namespace sluice::gemini {

/// A chat request as generateContent or streamGenerateContent.
Result<Call> encode_chat(const ChatRequest& chat, const Deployment& deployment, LeftOut left_out);

}  // namespace sluice::gemini
