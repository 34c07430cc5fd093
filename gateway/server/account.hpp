#pragma once

#include "admission/authenticator.hpp"
#include "core/http.hpp"
#include "dispatch/request_context.hpp"
#include "routing/router.hpp"
#include "server/handler.hpp"
#include "telemetry/access_log.hpp"
#include "telemetry/metrics.hpp"

#include <optional>
#include <string_view>

namespace sluice {

/// The account of one request: opened when its head is there, closed once, however it ended:
/// metrics and one line in the log.
class Account {
public:
    Account(Metrics& metrics, const Request& request, Surface surface);
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
    void succeeded(int status) { record_.status = status; }
    void caller_waited(Clock::duration blocked) { blocked_ = blocked; }
    void queued(Clock::duration waited) { queued_ += waited; }
    void skipped_events(int count);

    const std::string& request_id() const { return context.request_id; }
    TimePoint arrived() const { return arrived_; }
    /// x-sluice-provider, -model, -attempts, -cache, -cost-usd where it is known by then, and
    /// server-timing of an answer.
    void append_answer_headers(HeaderBlock& headers) const;

    RequestContext context;

private:
    Metrics& metrics_;
    TimePoint arrived_;
    AccessRecord record_;
    Target* target_ = nullptr;
    std::optional<TimePoint> first_token_;
    Clock::duration blocked_{};
    Clock::duration queued_{};

    Clock::duration own_share(TimePoint now) const;
};

}  // namespace sluice
