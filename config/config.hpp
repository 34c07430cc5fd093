#pragma once

#include "core/deployment.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// Every setting with its default; the unit is in the type. How each is spelled, bounded and
/// explained is settings.hpp's business.
namespace sluice {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

struct ServerConfig {
    std::vector<std::string> listen{"127.0.0.1:8006"};  ///< host:port, a listener each
    bool allow_insecure_listen =
        false;        ///< listen beyond loopback although no authentication is configured
    int workers = 0;  ///< threads; 0: one per core
    milliseconds header_timeout = 10s;  ///< request head complete
    std::size_t min_body_rate = 1024;   ///< bytes a second a request body must keep up
    milliseconds keep_alive_timeout = 60s;
    milliseconds write_timeout = 60s;     ///< a reader that takes nothing for so long is gone
    std::size_t max_body = 32u << 20;     ///< bytes
    std::size_t max_upload = 512u << 20;  ///< of a file that is passed on as it comes
    int max_connections = 10000;          ///< over all workers
    int max_concurrency = 2000;           ///< requests being worked on
    int queue_size = 500;                 ///< requests waiting beyond that
    milliseconds queue_timeout = 2s;
    milliseconds drain_delay = 5s;     ///< unready, yet still accepting, before the listeners close
    milliseconds drain_timeout = 60s;  ///< how long streams may go on to their end
};

struct GatewayKeyConfig {
    std::string name;    ///< for logs
    std::string sha256;  ///< lower-case hex of the key's digest
    std::string tenant = "default";
    double requests_per_minute = 0;  ///< 0: unlimited
    int burst = 0;                   ///< requests at once; 0: as many as a minute allows
    int max_concurrency = 0;         ///< 0: unlimited
    bool is_operator = false;        ///< at /ui/ it sees every tenant's requests
};

struct AuthConfig {
    std::vector<GatewayKeyConfig> keys;  ///< none: no authentication
    bool protect_metrics = false;        ///< /metrics asks for a key too
};

struct CorsConfig {
    std::vector<std::string> origins;  ///< exact; "*": any
};

struct LogConfig {
    std::string level = "info";   ///< debug, info, warn, error
    std::string format = "auto";  ///< auto (text on a terminal), json, text
};

/// Where spans go, by OTLP over HTTP in JSON, and which.
struct TraceConfig {
    std::string endpoint;  ///< URL of the collector; "": nothing is traced
    std::vector<Header> headers;
    std::string ca_file;  ///< "": the system's
    milliseconds timeout = 10s;
    std::string service = "sluice";
    std::vector<std::string> attributes;  ///< name=value, of the resource
    std::string sampler = "parentbased_always_on";
    double ratio = 1;
    std::string genai = "1.41";  ///< which names of gen_ai.* attributes
    int queue_size = 2048;       ///< spans
    int batch_size = 512;        ///< spans
    milliseconds interval = 5s;

    bool operator==(const TraceConfig&) const = default;
};

enum class StateStore { sqlite, memory };

/// What outlives a request: stored responses.
struct StateConfig {
    StateStore store = StateStore::sqlite;
    std::string path;  ///< of the SQLite file; a loaded configuration always has one
    milliseconds keep = 30 * 24h;
};

struct TokenizerConfig {
    std::string directory;  ///< of rank files; "": token counts are estimates
};

struct TimeoutConfig {
    milliseconds connect = 5s;     ///< DNS, TCP and TLS
    milliseconds response = 300s;  ///< request sent to response head, where no stream was asked for
    milliseconds first_token = 60s;     ///< request sent to first token of a stream
    milliseconds between_tokens = 60s;  ///< silence within a stream
    milliseconds total = 600s;          ///< everything, backoff and fallbacks included
};

struct PoolConfig {
    int max_idle = 64;  ///< idle connections kept for one origin by one worker
    milliseconds idle_timeout = 55s;
};

struct RetryConfig {
    int max_attempts = 3;             ///< tries of one target, the first included
    milliseconds base_delay = 250ms;  ///< full jitter in [0, base * 2^(n-1)]
    milliseconds max_delay = 8s;
    milliseconds max_wait = 10s;  ///< a longer wait asked for by the provider is not waited for:
                                  ///< the next target is taken
    double budget_ratio = 0.2;    ///< retries as a share of requests
    int budget_burst = 10;        ///< retries allowed before any request earned one
};

struct BreakerConfig {
    bool enabled = true;
    milliseconds window = 30s;
    int min_requests = 10;  ///< fewer in the window never open it
    double failure_rate = 0.5;
    milliseconds slow_call = 0ms;  ///< a first byte later than this is a slow call; 0: none is
    double slow_rate = 0.8;
    milliseconds open_time = 5s;  ///< grows twofold with each re-opening
    milliseconds max_open_time = 120s;
    int probes = 3;  ///< at half-open, at a time; as many successes close it
};

/// What a provider's model differs in from what its type and the model table say.
struct ModelOverride {
    std::string id;
    std::optional<std::int64_t> context_window;
    std::optional<std::int64_t> max_output;
    std::optional<double> input_price;  ///< USD per million tokens
    std::optional<double> cached_price;
    std::optional<double> output_price;
    std::vector<std::string> unsupported;  ///< request fields this model rejects
};

struct ProviderConfig {
    std::string name;
    std::string type;
    std::string base_url;  ///< "" : the type's own
    std::string api_key;
    std::string organization;   ///< OpenAI-Organization
    std::string project;        ///< OpenAI-Project
    std::string api_version;    ///< of Azure's dated API; "": its v1
    std::string default_model;  ///< "" : the type's own
    std::string default_embedding_model;
    std::optional<std::int64_t> default_max_tokens;
    std::optional<double> default_temperature;
    std::vector<Header> headers;  ///< sent with every request
    DialectOptions dialect;
    TimeoutConfig timeouts;
    PoolConfig pool;
    RetryConfig retry;
    BreakerConfig breaker;
    std::string ca_file;  ///< "" : the system's
    std::vector<ModelOverride> models;
};

struct TargetConfig {
    std::string provider;
    std::string model;  ///< "" : the provider's default
    double weight = 1;  ///< for the strategy weighted
};

enum class Strategy { fallback, weighted, least_latency };
enum class OnDisconnect { cancel, drain };

struct RouteConfig {
    std::string name;
    Strategy strategy = Strategy::fallback;
    std::vector<TargetConfig> targets;
    bool fall_back_on_filter = false;  ///< a content-filter verdict goes to the next target
    OnDisconnect on_disconnect = OnDisconnect::cancel;
};

struct Config {
    ServerConfig server;
    AuthConfig auth;
    CorsConfig cors;
    LogConfig log;
    TraceConfig traces;
    TokenizerConfig tokenizer;
    StateConfig state;
    std::string environment = "production";
    std::string default_model;  ///< DEFAULT_MODEL: of every provider that names none
    std::optional<std::int64_t> default_max_tokens;
    std::optional<double> default_temperature;
    std::vector<ProviderConfig> providers;  ///< in the order of the file
    std::vector<RouteConfig> routes;
    bool demo = false;  ///< --demo
};

}  // namespace sluice
