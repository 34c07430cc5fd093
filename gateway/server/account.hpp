#pragma once

#include "admission/authenticator.hpp"
#include "core/http.hpp"
#include "dispatch/request_context.hpp"
#include "routing/router.hpp"
#include "server/handler.hpp"
#include "telemetry/access_log.hpp"
#include "telemetry/activity.hpp"
#include "telemetry/metrics.hpp"
#include "telemetry/trace_queue.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace sluice {

/// The account of one request: opened when its head is there, closed once, however it ended:
/// metrics, one line in the log, an entry in the worker's activity, and its spans where it is
/// traced.
class Account {
public:
    /// traces: nullptr: nothing is traced. route: the endpoint's path, as the table has it.
    Account(
        Metrics& metrics,
        ActivityLane& activity,
        TraceQueue* traces,
        const Request& request,
        Surface surface,
        std::string_view route
    );
    ~Account();  ///< closes it
    Account(const Account&) = delete;
    Account& operator=(const Account&) = delete;

    /// What the caller asked for: its deadline, its own provider key. invalid_request where a
    /// header makes no sense.
    Result<void> read_headers(const Request& request);
    void called_by(const Caller& caller);
    void answered_by(const Candidate& candidate, bool stream);
    void first_token();
    void used(const Usage& usage, const std::optional<Cost>& cost);
    void failed(const Error& error, int status);
    /// After the response had begun: the last attempt did not end well after all.
    void broke_off(const Error& error);
    void succeeded(int status) { record().status = status; }
    void caller_waited(Clock::duration blocked) { blocked_ = blocked; }
    void queued(Clock::duration waited) { queued_ += waited; }
    void skipped_events(int count);
    /// The answer has been passed on as it came, since then.
    void relayed(TimePoint since);
    /// What the provider calls its answer, and why each choice ended; for the trace.
    void answer_is(const ChatResponse& whole);
    void answer_is(std::string_view id, std::string_view model);
    void finished(std::span<const FinishReason> reasons);

    std::string_view request_id() const { return context.request_id; }
    TimePoint arrived() const { return request_->arrived; }
    /// x-sluice-provider, -model, -attempts, -cache, -cost-usd where it is known by then, and
    /// server-timing of an answer.
    void append_answer_headers(HeaderBlock& headers) const;

    RequestContext context;

private:
    Metrics& metrics_;
    ActivityLane& activity_;
    TraceQueue* traces_;
    /// What is left when the account is closed; the worker's activity takes it as it is.
    std::unique_ptr<FinishedRequest> request_;
    bool known_caller_ = false;          ///< what strangers try is in the metrics, not on the page
    std::unique_ptr<SpanDetails> span_;  ///< nullptr: this request is not traced
    Target* target_ = nullptr;
    Clock::duration blocked_{};
    Clock::duration queued_{};

    AccessRecord& record() { return request_->record; }
    const AccessRecord& record() const { return request_->record; }
    void trace(
        const std::optional<TraceContext>& parent, const Request& request, std::string_view route
    );
    void tell_metrics(TimePoint now);
    Clock::duration own_share(TimePoint now) const;
};

}  // namespace sluice
