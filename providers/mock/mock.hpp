#pragma once

#include "core/deployment.hpp"
#include "providers/openai_dialect/translator.hpp"

namespace sluice::mock {

/// The provider built into the gateway for trying things out: the OpenAI dialect without a key.
using Translator = openai_dialect::Translator;

inline DialectOptions dialect()
{
    return {.unsupported = {}, .require_key = false};
}

}  // namespace sluice::mock
