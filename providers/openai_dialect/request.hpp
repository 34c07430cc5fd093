#pragma once

#include "providers/translator.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace sluice::openai_dialect {

/// A field sent with another value than the caller's.
struct Replacement {
    json::Key field;
    std::string value;  ///< JSON text
    std::string warning;
};

/// How a model differs from its server's dialect.
struct ModelLimits {
    json::KeySet refused{};  ///< fields; dropped or unfit by their nature
    std::optional<Replacement> replacement{};
    bool max_completion_tokens = false;  ///< wants that name, whatever its server does
    bool known_fields_only = false;      ///< takes none that we do not know
};

/// A call of POST /chat/completions: the caller's body with what the target does not take edited
/// out of it and every other byte as it came.
Result<Call> encode_chat(
    const ChatRequest& chat,
    const Deployment& deployment,
    LeftOut left_out,
    const DialectOptions& dialect,
    const ModelLimits& limits = {}
);

/// A call of POST /embeddings, likewise. Vectors are asked for as numbers unless the caller chose.
Result<Call> encode_embeddings(
    const EmbeddingsRequest& request,
    const Deployment& deployment,
    LeftOut left_out,
    const DialectOptions& dialect
);

}  // namespace sluice::openai_dialect
