#pragma once

#include "core/chat.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sluice {

/// What the gateway adds to an answer of a model. The views must outlive the call only.
struct ConnectorAnswer {
    std::string_view request_id = {};
    std::string_view provider = {};
    std::optional<double> cost_usd = {};  ///< nullopt: the price is not known
    std::span<const std::string> warnings = {};
};

/// A model as /models lists it.
struct ModelEntry {
    std::string id = {};
    std::string description = {};
    std::int64_t context_window = 0;  ///< 0: unknown, and left out; likewise below
    std::int64_t max_output_tokens = 0;
    double input_price = 0;  ///< USD per million tokens
    double output_price = 0;
    std::string shutdown_date = {};  ///< YYYY-MM-DD; empty: none announced
};

// The bodies of successful answers on the connector surface (CONTRACT.md section 1).
std::string connector_chat_body(const ChatResponse& response, const ConnectorAnswer& answer);
std::string connector_embeddings_body(
    const EmbeddingsResponse& response, const ConnectorAnswer& answer
);
std::string connector_models_body(std::span<const ModelEntry> models);

}  // namespace sluice
