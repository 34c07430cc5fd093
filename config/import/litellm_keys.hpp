#pragma once

#include "config/import/foreign.hpp"

#include <array>
#include <string_view>

/// What LiteLLM's files say that has no setting here, a table for each of their maps.
namespace sluice::litellm {

inline constexpr std::string_view limits_are_of_keys =
    "limits are those of a gateway key (auth.keys), not of a target";
inline constexpr std::string_view no_cache = "answers are not cached";
inline constexpr std::string_view no_callbacks =
    "there are no callbacks: /metrics, the log and traces (OTLP) tell of each request";
inline constexpr std::string_view no_database =
    "keys stand in the configuration file, spend is in /metrics; there is no database";

inline constexpr std::array params_known{
    ForeignKey{"rpm", limits_are_of_keys},
    ForeignKey{"tpm", limits_are_of_keys},
    ForeignKey{"max_parallel_requests", limits_are_of_keys},
    ForeignKey{"max_budget", "there are no budgets"},
    ForeignKey{"budget_duration", "there are no budgets"},
    ForeignKey{"drop_params", "tuning that a model does not take is left out with a warning", true},
    ForeignKey{"azure_ad_token", "a token of Entra goes into the key's variable"},
    ForeignKey{"mock_response", "sluice --demo serves a mock provider"},
    ForeignKey{"tags", "requests are not routed by tags"},
    ForeignKey{"cache_control_injection_points", "the gateway adds nothing to messages"},
};
inline constexpr std::array model_info_known{
    ForeignKey{"id", "targets are called provider/model"},
    ForeignKey{
        "base_model", "prices and windows come from the model table, by the model's own name"
    },
    ForeignKey{"access_groups", "every key may use every route"},
};
inline constexpr std::array router_known{
    ForeignKey{"enable_pre_call_checks", "a target whose window is too small is not asked", true},
    ForeignKey{"retry_policy", "which errors are tried again is fixed; see the README's table"},
    ForeignKey{"allowed_fails_policy", "which errors count for the breaker is fixed"},
    ForeignKey{"model_group_retry_policy", "retries are a setting of a provider, not of a route"},
    ForeignKey{"redis_host", "limits and breakers are those of one process"},
    ForeignKey{"redis_port", "limits and breakers are those of one process"},
    ForeignKey{"redis_password", "limits and breakers are those of one process"},
    ForeignKey{"redis_url", "limits and breakers are those of one process"},
    ForeignKey{"cache_responses", no_cache},
    ForeignKey{"enable_tag_filtering", "requests are not routed by tags"},
    ForeignKey{"max_fallbacks", "every target of a route is tried, within the deadline"},
};
inline constexpr std::array module_known{
    ForeignKey{"drop_params", "tuning that a model does not take is left out with a warning", true},
    ForeignKey{"cache", no_cache},
    ForeignKey{"cache_params", no_cache},
    ForeignKey{"callbacks", no_callbacks},
    ForeignKey{"success_callback", no_callbacks},
    ForeignKey{"failure_callback", no_callbacks},
    ForeignKey{"service_callbacks", no_callbacks},
    ForeignKey{"turn_off_message_logging", "no prompt or answer is logged", true},
    ForeignKey{"redact_user_api_key_info", "no key is logged", true},
    ForeignKey{"max_budget", "there are no budgets"},
    ForeignKey{"budget_duration", "there are no budgets"},
    ForeignKey{"modify_params", "a request's meaning is never changed"},
    ForeignKey{"guardrails", "there are no guardrails"},
};
inline constexpr std::array general_known{
    ForeignKey{"database_url", no_database},
    ForeignKey{"store_model_in_db", no_database},
    ForeignKey{"database_connection_pool_limit", no_database},
    ForeignKey{"alerting", "alerts are Prometheus's: deploy/prometheus/alerts.yml"},
    ForeignKey{"alerting_threshold", "alerts are Prometheus's: deploy/prometheus/alerts.yml"},
    ForeignKey{"max_parallel_requests", limits_are_of_keys},
    ForeignKey{"background_health_checks", "a target's health is learnt from its requests"},
    ForeignKey{"health_check_interval", "a target's health is learnt from its requests"},
    ForeignKey{"pass_through_endpoints", "only the listed paths are served; see docs/api.md"},
    ForeignKey{"enable_jwt_auth", "callers show keys, not tokens"},
    ForeignKey{"litellm_license", "there is nothing to license"},
};
inline constexpr std::array root_known{
    ForeignKey{
        "environment_variables", "values are not copied: set the variables where the gateway runs"
    },
    ForeignKey{"guardrails", "there are no guardrails"},
    ForeignKey{"mcp_servers", "MCP is not served"},
    ForeignKey{"callback_settings", no_callbacks},
    ForeignKey{"vector_store_registry", "there are no vector stores"},
};

}  // namespace sluice::litellm
