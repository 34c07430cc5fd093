#include "export/trace_exporter.hpp"

#include "core/http_url.hpp"
#include "core/ids.hpp"
#include "resilience/backoff.hpp"
#include "telemetry/log.hpp"
#include "telemetry/otlp_json.hpp"
#include "upstream/exchange.hpp"
#include "upstream/resolver.hpp"
#include "upstream/tls.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <exception>
#include <numeric>
#include <stdexcept>
#include <utility>

namespace sluice {

namespace {

using namespace std::chrono_literals;
using Verdict = CollectorAnswer::Verdict;

constexpr int max_tries = 5;
constexpr auto first_pause = 1s;
constexpr auto longest_pause = 30s;
constexpr std::size_t max_answer = 1u << 20;

Endpoint collector_at(const TraceConfig& config)
{
    auto url = parse_http_url(config.endpoint);
    if (!url) throw std::invalid_argument("traces.endpoint is no http or https URL");
    Endpoint collector;
    collector.provider = "traces";
    collector.origin = std::move(url->origin);
    collector.base_path = url->path.empty() ? "/" : std::move(url->path);
    collector.headers = config.headers;
    collector.headers.push_back({"content-type", "application/json"});
    return collector;
}

std::size_t spans_of(const std::vector<RequestTrace>& batch)
{
    return std::accumulate(
        batch.begin(),
        batch.end(),
        std::size_t{0},
        [](std::size_t sum, const RequestTrace& trace) { return sum + trace.spans(); }
    );
}

/// How long to wait before the next try; the collector's own word, as long as it is no joke.
milliseconds pause_before(int next_try, const std::optional<milliseconds>& asked)
{
    if (asked) return std::min<milliseconds>(*asked, 2 * longest_pause);
    return backoff(next_try, first_pause, longest_pause, random_unit());
}

}  // namespace

TraceExporter::TraceExporter(const TraceConfig& config, Resolver& resolver, TlsClients& tls)
    : config_(config),
      collector_(collector_at(config)),
      queue_(config),
      pool_(loop_, deadlines_, resolver, tls.get(config.ca_file))
{
    pool_.configure(PoolConfig{.max_idle = 1});
    queue_.on_batch([this] { asio::post(loop_, [this] { idle_.cancel(); }); });
}

TraceExporter::~TraceExporter()
{
    stop();
    loop_.abandon();
}

void TraceExporter::start()
{
    asio::co_spawn(
        loop_,
        run(),
        asio::bind_cancellation_slot(
            give_up_.slot(),
            [this](std::exception_ptr failure) {
                if (failure) LogLine(LogLevel::error, "tracing ended with an exception").write();
                loop_.stop();
            }
        )
    );
    thread_ = std::thread([this] { loop_.run(); });
}

void TraceExporter::stop()
{
    if (!thread_.joinable()) return;
    asio::post(loop_, [this] {
        end_ = after(Clock::now(), std::min(config_.timeout, last_words));
        idle_.cancel();
        pause_.cancel();
        farewell_.expires_at(end_);
        farewell_.async_wait([this](boost::system::error_code error) {
            if (!error) give_up_.emit(asio::cancellation_type::terminal);
        });
    });
    thread_.join();
}

Task<void> TraceExporter::run()
{
    co_await asio::this_coro::throw_if_cancelled(false);
    while (true) {
        if (!stopping() && !queue_.has_batch()) {
            idle_.expires_after(config_.interval);
            co_await idle_.async_wait(no_throw);
        }
        const bool last = stopping();
        for (auto batch = queue_.take(); !batch.empty(); batch = queue_.take())
            co_await deliver(std::move(batch));
        if (last) co_return;
    }
}

Task<void> TraceExporter::deliver(std::vector<RequestTrace> batch)
{
    const auto spans = spans_of(batch);
    HttpRequest request{
        .target = collector_.base_path, .headers = {}, .body = otlp_json(batch, config_)
    };
    request.headers.append(collector_.headers);
    batch.clear();
    for (int tries = 1;; ++tries) {
        auto response = co_await post(request);
        const auto answer = response ? read_collector_answer(*response)
                                     : CollectorAnswer{.verdict = Verdict::later};
        if (answer.verdict == Verdict::taken) {
            const auto rejected = std::min(answer.rejected, spans);
            count_dropped_spans(rejected);
            co_return report(rejected == 0, "the collector rejected some");
        }
        if (answer.verdict == Verdict::refused || tries == max_tries || stopping()) {
            count_dropped_spans(spans);
            co_return report(
                false,
                response ? concat("the collector answered ", std::to_string(response->status))
                         : response.error().message
            );
        }
        pause_.expires_after(pause_before(tries, answer.retry_after));
        co_await pause_.async_wait(no_throw);
    }
}

Task<Result<HttpResponse>> TraceExporter::post(const HttpRequest& request)
{
    const auto by = std::min(after(Clock::now(), config_.timeout), end_);
    auto exchange =
        co_await Exchange::start(pool_, collector_, request, {.connect = by, .response = by});
    if (!exchange) co_return std::unexpected(std::move(exchange).error());
    HttpResponse response{
        .status = exchange->status(), .headers = exchange->headers().copied(), .body = {}
    };
    auto answer = co_await exchange->read_all(by, max_answer);
    if (!answer) co_return std::unexpected(std::move(answer).error());
    response.body = std::move(*answer);
    co_return response;
}

/// The first batch that is lost gets a line in the log, and the first that is not, after such.
void TraceExporter::report(bool delivered, std::string_view why)
{
    if (std::exchange(failing_, !delivered) != delivered) return;
    if (delivered)
        LogLine(LogLevel::info, "spans reach the collector again").write();
    else
        LogLine(LogLevel::warn, "spans were dropped; further ones are only counted")
            .text("reason", why)
            .write();
}

}  // namespace sluice
