#pragma once

#include "config/config.hpp"
#include "config/values.hpp"

#include <concepts>
#include <string_view>
#include <type_traits>

/// The one table of settings: every key of the configuration file with the member it sets, its
/// explanation and its bounds. Reader, printer, overlay of the environment and documentation are
/// visitors of it. A visitor has
///     setting(key, member, about, rule)      a value, a list of texts, or headers
///     group(key, about, body)                a map with fixed keys; body describes them
///     named(key, vector, about)              a map whose keys are the elements' names
///     list(key, vector, about)               a list of maps
namespace sluice {

/// T, const or not: printing looks at what reading fills in.
template <class S, class T>
concept Described = std::same_as<std::remove_const_t<S>, T>;

inline constexpr std::array<std::string_view, 4> log_levels{"debug", "info", "warn", "error"};
inline constexpr std::array<std::string_view, 3> log_formats{"auto", "json", "text"};
inline constexpr std::array<std::string_view, 6> samplers{
    "always_on",
    "always_off",
    "traceidratio",
    "parentbased_always_on",
    "parentbased_always_off",
    "parentbased_traceidratio"
};
inline constexpr std::array<std::string_view, 2> genai_names{"1.41", "latest"};
inline constexpr Rule temperatures = within(0, 2);
inline constexpr Rule token_counts = within(1, 100'000'000);
inline constexpr Rule prices = within(0, 1'000'000);
inline constexpr Rule waits = within(1ms, 24h);
inline constexpr Rule waits_or_none = within(0ms, 24h);

// clang-format off: a setting a line

template <class Visitor, Described<ServerConfig> S>
void describe(Visitor& visit, S& server)
{
    visit.setting("listen", server.listen, "addresses to listen on, `host:port` each; port 0: any free one; needs a restart");
    visit.setting("allow_insecure_listen", server.allow_insecure_listen, "listen beyond loopback although `auth.keys` is empty");
    visit.setting("workers", server.workers, "threads; 0: one for each core; needs a restart", within(0, 256));
    visit.setting("header_timeout", server.header_timeout, "until the head of a request is complete", waits);
    visit.setting("min_body_rate", server.min_body_rate, "bytes a second that the body of a request must keep up", within(1, 1 << 30));
    visit.setting("keep_alive_timeout", server.keep_alive_timeout, "how long an idle client connection stays open", waits);
    visit.setting("write_timeout", server.write_timeout, "a client that takes nothing for so long is gone", waits);
    visit.setting("max_body", server.max_body, "largest body of a request", within(1024, 1 << 30));
    visit.setting("max_upload", server.max_upload, "the same for audio files, which are passed on as they come and never held in memory", within(1024, 1024.0 * (1 << 30)));
    visit.setting("max_connections", server.max_connections, "client connections over all workers", within(1, 1'000'000));
    visit.setting("max_concurrency", server.max_concurrency, "requests worked on at a time", within(1, 1'000'000));
    visit.setting("queue_size", server.queue_size, "requests that wait beyond that; more get 503", within(0, 1'000'000));
    visit.setting("queue_timeout", server.queue_timeout, "how long they wait before they get 503", waits_or_none);
    visit.setting("drain_delay", server.drain_delay, "at the end: not ready any more, but still accepting", waits_or_none);
    visit.setting("drain_timeout", server.drain_timeout, "at the end: how long streams may go on to theirs", waits_or_none);
}

template <class Visitor, Described<GatewayKeyConfig> S>
void describe(Visitor& visit, S& key)
{
    visit.setting("name", key.name, "what logs call it; each name once");
    visit.setting("sha256", key.sha256, "SHA-256 of the key in lower-case hex; the key itself is written nowhere");
    visit.setting("tenant", key.tenant, "whose key it is: for the log, and for what is kept");
    visit.setting("requests_per_minute", key.requests_per_minute, "requests a minute; 0: unlimited", within(0, 1'000'000));
    visit.setting("burst", key.burst, "requests at once; 0: as many as a minute allows", within(0, 1'000'000));
    visit.setting("max_concurrency", key.max_concurrency, "requests worked on at a time; 0: unlimited", within(0, 1'000'000));
    visit.setting("operator", key.is_operator, "at `/ui/` it shows the requests and the cost of every tenant, not of its own only");
}

template <class Visitor, Described<AuthConfig> S>
void describe(Visitor& visit, S& auth)
{
    visit.list("keys", auth.keys, "keys that callers must present; empty: no authentication");
    visit.setting("protect_metrics", auth.protect_metrics, "`/metrics` asks for a key too");
}

template <class Visitor, Described<CorsConfig> S>
void describe(Visitor& visit, S& cors)
{
    visit.setting("origins", cors.origins, "web pages that may call, as `https://app.example`; `*`: any");
}

template <class Visitor, Described<LogConfig> S>
void describe(Visitor& visit, S& log)
{
    visit.setting("level", log.level, "what is written: this and what is worse", one_of(log_levels));
    visit.setting("format", log.format, "`auto`: readable on a terminal, JSON elsewhere", one_of(log_formats));
}

template <class Visitor, Described<TraceConfig> S>
void describe(Visitor& visit, S& traces)
{
    visit.setting("endpoint", traces.endpoint, "where spans are sent, by OTLP over HTTP in JSON: `http://collector:4318/v1/traces`; empty: nothing is traced");
    visit.setting("headers", traces.headers, "sent along, for a collector that wants a key", secret);
    visit.setting("ca_file", traces.ca_file, "certificates that vouch for the collector, in PEM; empty: the system's");
    visit.setting("timeout", traces.timeout, "how long the collector has for one batch", waits);
    visit.setting("service", traces.service, "`service.name` of every span");
    visit.setting("attributes", traces.attributes, "more of the resource: `name=value` each");
    visit.setting("sampler", traces.sampler, "which requests are traced; `parentbased_…`: as the caller's `traceparent` says, where there is one", one_of(samplers));
    visit.setting("ratio", traces.ratio, "share of requests, for the samplers `…traceidratio`", within(0, 1));
    visit.setting("genai", traces.genai, "which names of `gen_ai.*` attributes: of OpenTelemetry 1.41, or of the newer document", one_of(genai_names));
    visit.setting("queue_size", traces.queue_size, "spans that wait; more are dropped and counted", within(1, 1'000'000));
    visit.setting("batch_size", traces.batch_size, "spans sent at a time", within(1, 100'000));
    visit.setting("interval", traces.interval, "longest wait before a smaller batch is sent", waits);
}

template <class Visitor, Described<StateConfig> S>
void describe(Visitor& visit, S& state)
{
    visit.setting("store", state.store, "where: a SQLite file, or memory that ends with the process; needs a restart");
    visit.setting("path", state.path, "the file; empty: `sluice.db` in `$STATE_DIRECTORY` (systemd), else `data/sluice.db`; needs a restart");
    visit.setting("keep", state.keep, "how long; what is older is removed; needs a restart", within(1min, 87600h));
}

template <class Visitor, Described<TokenizerConfig> S>
void describe(Visitor& visit, S& tokenizer)
{
    visit.setting("directory", tokenizer.directory, "where `deploy/tokenizers.sh` put the rank files; empty: token counts are estimates; needs a restart");
}

template <class Visitor, Described<DialectOptions> S>
void describe(Visitor& visit, S& dialect)
{
    visit.setting("unsupported", dialect.unsupported, "request fields that the server rejects");
    visit.setting("max_completion_tokens", dialect.max_completion_tokens, "it wants that name instead of `max_tokens`");
    visit.setting("developer_role", dialect.developer_role, "it takes the role `developer`; else that becomes `system`");
    visit.setting("stream_usage", dialect.stream_usage, "it takes `stream_options.include_usage`");
    visit.setting("tools", dialect.tools, "it takes tools");
    visit.setting("images", dialect.images, "it takes image parts");
    visit.setting("audio", dialect.audio, "it takes audio parts");
    visit.setting("files", dialect.files, "it takes file parts");
    visit.setting("json_schema", dialect.json_schema, "it takes `response_format` with a schema");
    visit.setting("extra_fields", dialect.extra_fields, "it takes fields that the gateway does not know");
    visit.setting("require_key", dialect.require_key, "false: it works without a key");
}

template <class Visitor, Described<TimeoutConfig> S>
void describe(Visitor& visit, S& timeouts)
{
    visit.setting("connect", timeouts.connect, "DNS, TCP and TLS", waits);
    visit.setting("response", timeouts.response, "request sent to head of the answer, where no stream was asked for", waits);
    visit.setting("first_token", timeouts.first_token, "request sent to first token of a stream", waits);
    visit.setting("between_tokens", timeouts.between_tokens, "silence within a stream", waits);
    visit.setting("total", timeouts.total, "the whole request, retries and fallbacks included", waits);
}

template <class Visitor, Described<PoolConfig> S>
void describe(Visitor& visit, S& pool)
{
    visit.setting("max_idle", pool.max_idle, "idle connections that one worker keeps", within(0, 10'000));
    visit.setting("idle_timeout", pool.idle_timeout, "how long an idle connection is kept", waits);
}

template <class Visitor, Described<RetryConfig> S>
void describe(Visitor& visit, S& retry)
{
    visit.setting("max_attempts", retry.max_attempts, "tries of one target, the first included", within(1, 20));
    visit.setting("base_delay", retry.base_delay, "the wait before retry n is random between 0 and this times 2^(n-1)", waits_or_none);
    visit.setting("max_delay", retry.max_delay, "most of that wait", waits_or_none);
    visit.setting("max_wait", retry.max_wait, "a provider that asks for a longer wait is left for the next target", waits_or_none);
    visit.setting("budget_ratio", retry.budget_ratio, "retries as a share of requests", within(0, 10));
    visit.setting("budget_burst", retry.budget_burst, "retries allowed before any request earned one", within(0, 10'000));
}

template <class Visitor, Described<BreakerConfig> S>
void describe(Visitor& visit, S& breaker)
{
    visit.setting("enabled", breaker.enabled, "false: the breaker never opens");
    visit.setting("window", breaker.window, "the time over which calls are counted", within(100ms, 1h));
    visit.setting("min_requests", breaker.min_requests, "fewer calls than this in the window never open it", within(1, 1'000'000));
    visit.setting("failure_rate", breaker.failure_rate, "share of failed calls that opens it", within(0.01, 1));
    visit.setting("slow_call", breaker.slow_call, "a first byte later than this makes a call slow; 0s: none is", waits_or_none);
    visit.setting("slow_rate", breaker.slow_rate, "share of slow calls that opens it", within(0.01, 1));
    visit.setting("open_time", breaker.open_time, "how long it stays open; twice as long with each re-opening", waits);
    visit.setting("max_open_time", breaker.max_open_time, "most of that time", waits);
    visit.setting("probes", breaker.probes, "calls let through at a time when half-open; as many successes close it", within(1, 1000));
}

template <class Visitor, Described<ModelOverride> S>
void describe(Visitor& visit, S& model)
{
    visit.setting("id", model.id, "the provider's name for the model");
    visit.setting("context_window", model.context_window, "tokens of prompt and answer together", token_counts);
    visit.setting("max_output", model.max_output, "tokens of one answer", token_counts);
    visit.setting("input_price", model.input_price, "US dollars per million tokens of prompt", prices);
    visit.setting("cached_price", model.cached_price, "the same for tokens the provider had in its cache", prices);
    visit.setting("output_price", model.output_price, "US dollars per million tokens of answer", prices);
    visit.setting("unsupported", model.unsupported, "request fields that this model rejects");
}

template <class Visitor, Described<ProviderConfig> S>
void describe(Visitor& visit, S& provider)
{
    visit.setting("type", provider.type, "its plugin; may be left out where the name is a type's");
    visit.setting("base_url", provider.base_url, "where its API is, `https://host/path`; empty: the type's own");
    visit.setting("api_key", provider.api_key, "the key that the gateway shows it", secret);
    visit.setting("organization", provider.organization, "sent as `OpenAI-Organization`");
    visit.setting("project", provider.project, "sent as `OpenAI-Project`");
    visit.setting("api_version", provider.api_version, "type azure_openai: the dated API's version, such as `2024-10-21`; empty: `/openai/v1`");
    visit.setting("default_model", provider.default_model, "where a request names none; empty: `defaults.model`, then the type's own");
    visit.setting("default_embedding_model", provider.default_embedding_model, "the same for embeddings");
    visit.setting("default_max_tokens", provider.default_max_tokens, "where a request says none", token_counts);
    visit.setting("default_temperature", provider.default_temperature, "where a request says none and the model takes one", temperatures);
    visit.setting("headers", provider.headers, "sent with every request", secret);
    visit.group("dialect", "how a server of type openai_compatible differs from OpenAI", [&] { describe(visit, provider.dialect); });
    visit.group("timeouts", "how long each phase of a call may take", [&] { describe(visit, provider.timeouts); });
    visit.group("pool", "connections kept open", [&] { describe(visit, provider.pool); });
    visit.group("retry", "asking the same target again", [&] { describe(visit, provider.retry); });
    visit.group("breaker", "not asking a target that keeps failing", [&] { describe(visit, provider.breaker); });
    visit.setting("ca_file", provider.ca_file, "certificates that vouch for it, in PEM; empty: the system's");
    visit.list("models", provider.models, "what its models differ in from the built-in table");
}

template <class Visitor, Described<TargetConfig> S>
void describe(Visitor& visit, S& target)
{
    visit.setting("provider", target.provider, "name of a provider");
    visit.setting("model", target.model, "its model; empty: the provider's default");
    visit.setting("weight", target.weight, "share of requests under the strategy `weighted`", within(0.001, 1'000'000));
}

template <class Visitor, Described<RouteConfig> S>
void describe(Visitor& visit, S& route)
{
    visit.setting("strategy", route.strategy, "which target comes first: in order, by weight, or the quickest");
    visit.list("targets", route.targets, "what is tried; `provider/model` stands for such a map");
    visit.setting("fall_back_on_filter", route.fall_back_on_filter, "a content filter's verdict goes to the next target");
    visit.setting("on_disconnect", route.on_disconnect, "when the caller leaves: break off, or read the rest for exact billing");
}

template <class Visitor, Described<Config> S>
void describe(Visitor& visit, S& config)
{
    visit.group("server", "the side of the callers", [&] { describe(visit, config.server); });
    visit.group("auth", "who may call", [&] { describe(visit, config.auth); });
    visit.group("cors", "which web pages may call", [&] { describe(visit, config.cors); });
    visit.group("log", "what is written to standard error", [&] { describe(visit, config.log); });
    visit.group("traces", "spans for OpenTelemetry; all of it needs a restart", [&] { describe(visit, config.traces); });
    visit.group("tokenizer", "exact token counts for OpenAI's models", [&] { describe(visit, config.tokenizer); });
    visit.group("state", "what outlives a request: stored responses", [&] { describe(visit, config.state); });
    visit.setting("environment", config.environment, "name of this installation, for logs and health");
    visit.group("defaults", "for providers that say nothing else", [&] {
        visit.setting("model", config.default_model, "where neither request nor provider names one");
        visit.setting("max_tokens", config.default_max_tokens, "where neither request nor provider says", token_counts);
        visit.setting("temperature", config.default_temperature, "likewise, and the model takes one", temperatures);
    });
    visit.named("providers", config.providers, "the upstreams, by name");
    visit.named("routes", config.routes, "names that stand for several targets");
}

// clang-format on

}  // namespace sluice
