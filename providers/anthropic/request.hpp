#pragma once

#include "providers/translator.hpp"

#include <cstdint>

namespace sluice::anthropic {

/// A chat request as a request of the Messages API (provider-apis.md 3.1).
Result<Call> encode_chat(const ChatRequest& chat, const Deployment& deployment, LeftOut left_out);

/// A request that came in Anthropic's own words, with the model replaced and what the target
/// refuses taken out; every other byte is the caller's.
Result<Call> encode_native(const ChatRequest& chat, const Deployment& deployment, LeftOut left_out);

/// max_tokens, which Anthropic insists on, where the caller set none.
std::int64_t default_max_tokens(const Deployment& deployment);

/// ErrorKind::unfit where output_config is to be left out with the schema of the answer in it.
Result<void> check_format(
    bool has_format, std::string_view param, std::string_view model, LeftOut left_out
);

}  // namespace sluice::anthropic
