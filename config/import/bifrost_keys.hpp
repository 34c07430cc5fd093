#pragma once

#include "config/import/foreign.hpp"

#include <array>
#include <string_view>

/// What Bifrost's files say that has no setting here, a table for each of their maps.
namespace sluice::bifrost {

inline constexpr std::string_view no_database =
    "keys stand in the configuration file; what is kept is in state.path";
inline constexpr std::string_view no_budgets = "there are no budgets; spend is in /metrics";
inline constexpr std::array root_known{
    ForeignKey{"$schema", "not needed", true},
    ForeignKey{"version", "not needed", true},
    ForeignKey{"mcp", "MCP is not served"},
    ForeignKey{"config_store", no_database},
    ForeignKey{"logs_store", "requests are logged to standard error, never with what is in them"},
    ForeignKey{"vector_store", "answers are not cached"},
    ForeignKey{"plugins", "there are no plugins"},
    ForeignKey{"encryption_key", "no secret is stored"},
    ForeignKey{"framework", "prices are those of the model table, or of providers.<name>.models"},
};
inline constexpr std::array provider_known{
    ForeignKey{
        "concurrency_and_buffer_size",
        "the bound is the whole gateway's: server.max_concurrency, server.queue_size"
    },
    ForeignKey{"proxy_config", "the gateway calls providers itself, without a proxy"},
    ForeignKey{"send_back_raw_request", "the answer has the provider's own fields already"},
    ForeignKey{"send_back_raw_response", "the answer has the provider's own fields already"},
    ForeignKey{"store_raw_request_response", "no prompt or answer is stored"},
    ForeignKey{"pricing_overrides", "write prices to providers.<name>.models"},
};
inline constexpr std::array network_known{
    ForeignKey{"insecure_skip_verify", "certificates are always checked; ca_file names one's own"},
    ForeignKey{"ca_cert_pem", "write it to a file and name that: providers.<name>.ca_file"},
    ForeignKey{
        "max_conns_per_host",
        "connections are as many as requests; server.max_concurrency bounds those"
    },
};
inline constexpr std::array key_known{
    ForeignKey{"use_for_batch_api", "there is no batch API"},
    ForeignKey{"blacklisted_models", "which models a caller may ask for is not limited"},
    ForeignKey{"bedrock_key_config", "requests are not signed for AWS"},
    ForeignKey{"vertex_key_config", "requests are not signed for Google Cloud"},
};
inline constexpr std::array governance_known{
    ForeignKey{"budgets", no_budgets},
    ForeignKey{"teams", "a key has a tenant, and no team above it"},
    ForeignKey{"customers", "a key has a tenant, and no customer above it"},
    ForeignKey{"routing_rules", "requests are not routed by what is in them: write routes"},
    ForeignKey{"auth_config", "there is no password: the gateway keys open everything"},
    ForeignKey{"model_configs", no_budgets},
};
inline constexpr std::array virtual_key_known{
    ForeignKey{"provider_configs", "every key may use every provider and route"},
    ForeignKey{"budget", no_budgets},
    ForeignKey{"budgets", no_budgets},
    ForeignKey{"budget_id", no_budgets},
    ForeignKey{"team_id", "the tenant is the customer"},
    ForeignKey{"mcp_configs", "MCP is not served"},
};
inline constexpr std::array client_known{
    ForeignKey{
        "drop_excess_requests",
        "requests wait in a bounded queue: server.queue_size, server.queue_timeout"
    },
    ForeignKey{"initial_pool_size", "nothing is allocated ahead"},
    ForeignKey{"enable_logging", "a line for each request on standard error", true},
    ForeignKey{"disable_content_logging", "no prompt or answer is logged", true},
    ForeignKey{"log_retention_days", "whoever keeps standard error decides"},
    ForeignKey{"prometheus_labels", "labels are fixed: docs/operations.md"},
    ForeignKey{"allow_direct_keys", "X-API-Key on /api/v1 is a caller's own provider key"},
    ForeignKey{"enable_governance", "a gateway with keys asks every caller for one"},
    ForeignKey{"enforce_governance_header", "a gateway with keys asks every caller for one"},
    ForeignKey{"enforce_auth_on_inference", "a gateway with keys asks every caller for one"},
};

}  // namespace sluice::bifrost
