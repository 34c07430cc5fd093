#include "server/frontend.hpp"

#include "api/error_body.hpp"
#include "dispatch/estimate.hpp"
#include "server/cors.hpp"
#include "telemetry/log.hpp"

#include <algorithm>
#include <exception>

namespace sluice {

namespace {

constexpr std::size_t typical_headers = 640;  // of an answer of a model

/// The whole seconds of retry-after are rounded up, the milliseconds are not.
void append_retry_advice(HeaderBlock& headers, const Error& error, int status)
{
    // What could be tried again has been; an SDK that tries too would only multiply it. The
    // gateway's own limits are another matter: waiting helps.
    if (error.kind != ErrorKind::limited && error.kind != ErrorKind::overloaded_here)
        headers.push_back({"x-should-retry", "false"});
    if (status != 429 && status != 503) return;
    const auto wait = std::max(error.retry_after.value_or(milliseconds(1000)), milliseconds(1));
    headers.push_back({"retry-after", std::to_string((wait.count() + 999) / 1000)});
    headers.push_back({"retry-after-ms", std::to_string(wait.count())});
}

std::string_view key_header(const Request& request)
{
    const auto key = request.header("x-api-key");
    return key.empty() ? request.header("api-key") : key;
}

Task<Result<void>> failed(Error error)
{
    co_return std::unexpected(std::move(error));
}

}  // namespace

bool Frontend::takes_upload(Request& request) const
{
    request.match = find_endpoint(request.method, request.path);
    const auto* endpoint = request.match.endpoint;
    return endpoint && endpoint->body == RequestBody::as_it_comes;
}

Task<void> Frontend::handle(Request& request, Responder& responder)
{
    const auto snapshot = snapshot_;
    const auto& match = request.match;
    Account account(
        services_.metrics,
        services_.activity,
        services_.traces,
        request,
        match.endpoint ? match.endpoint->surface : Surface::operations,
        match.endpoint ? match.endpoint->path : std::string_view()
    );
    Visit visit{
        request, responder, account, *snapshot, services_, request.body.size(), match.parameter
    };
    visit.headers.reserve(typical_headers);
    visit.headers.append_lines("x-request-id: ", account.request_id(), "\r\n");
    if (error_form(request.path) == ErrorForm::anthropic)  // whose clients look for it here
        visit.headers.push_back({"request-id", account.request_id()});
    append_cors_headers(visit.headers, request, snapshot->config.cors);

    Result<void> served;
    try {
        served = co_await serve(visit, match);
    } catch (const std::exception& failure) {
        LogLine(LogLevel::error, "a handler failed").text("what", failure.what()).write();
        served = fail(ErrorKind::internal, "the gateway failed to answer");
    }
    visit.entrance = {};
    if (!served) co_await answer_error(visit, std::move(served).error());
    account.caller_waited(responder.blocked());
}

Task<Result<void>> Frontend::serve(Visit& visit, const EndpointMatch& match)
{
    if (is_preflight(visit.request)) {
        visit.account.succeeded(204);
        return visit.responder.send(204, visit.headers, {});
    }
    if (!match.endpoint) return failed(nothing_there(visit));
    const auto& endpoint = *match.endpoint;
    if (auto known = identify(visit, endpoint); !known) return failed(std::move(known).error());
    if (endpoint.access != Access::model) return endpoint.serve(visit);
    const auto now = EventTime::get();
    if (auto admitted = admit(visit, now); !admitted) return failed(std::move(admitted).error());
    visit.entrance.permit = services_.gate.enter_now();
    return visit.entrance.permit ? endpoint.serve(visit) : queue_up_and_serve(visit, endpoint, now);
}

Error Frontend::nothing_there(Visit& visit)
{
    const auto& path = visit.request.path;
    const auto allowed = allowed_methods(path);
    if (allowed.empty())
        return {.kind = ErrorKind::not_found, .message = concat("nothing is served at ", path)};
    visit.headers.push_back({"allow", allowed});
    return {
        .kind = ErrorKind::method_not_allowed,
        .message = concat(path, " takes ", allowed, " only"),
    };
}

/// Finds out who calls where that matters, and what the caller asks for in its head.
Result<void> Frontend::identify(Visit& visit, const ApiEndpoint& endpoint)
{
    const bool protect =
        endpoint.access == Access::model || endpoint.access == Access::caller ||
        (endpoint.access == Access::metrics && visit.snapshot.config.auth.protect_metrics);
    if (!protect) return {};

    // On the connector surface x-api-key is a provider's key; clients of Anthropic and Azure send
    // the gateway's in such headers.
    const bool connector = endpoint.surface == Surface::connector;
    const auto key = connector ? std::string_view() : key_header(visit.request);
    auto caller =
        visit.snapshot.authenticator.authenticate(visit.request.header("authorization"), key);
    if (!caller) return std::unexpected(std::move(caller).error());
    visit.account.called_by(**caller);
    visit.caller = *caller;
    return visit.account.read_headers(visit.request);
}

/// Holds the caller to its limits.
Result<void> Frontend::admit(Visit& visit, TimePoint now)
{
    if (!visit.caller->limits) return {};
    auto admission = visit.caller->limits->admit(now);
    if (const auto& facts = admission ? admission->facts() : admission.error().facts)
        append_limit_headers(visit.headers, *facts);
    if (!admission) {
        services_.metrics.rejected(code_of(admission.error().kind));
        return std::unexpected<Error>(std::move(admission).error());
    }
    visit.entrance.admission = *std::move(admission);
    return {};
}

Task<Result<void>> Frontend::queue_up_and_serve(
    Visit& visit, const ApiEndpoint& endpoint, TimePoint since
)
{
    const auto deadline = visit.account.context.deadline;
    const auto patience =
        std::min(after(since, visit.snapshot.config.server.queue_timeout), deadline);
    auto permit = co_await services_.gate.enter(services_.context.get_executor(), patience);
    const auto now = Clock::now();
    visit.account.queued(now - since);
    if (!permit) {
        if (permit.error().kind == ErrorKind::overloaded_here && now >= deadline)
            permit =
                fail(ErrorKind::deadline_exceeded, "the request's deadline passed in the queue");
        services_.metrics.rejected(code_of(permit.error().kind));
        co_return std::unexpected(std::move(permit).error());
    }
    visit.entrance.permit = *std::move(permit);
    co_return co_await endpoint.serve(visit);
}

Task<void> Frontend::answer_error(Visit& visit, Error error)
{
    if (error.kind == ErrorKind::cancelled && services_.lifecycle.stopping)
        error =
            Error{.kind = ErrorKind::overloaded_here, .message = "the gateway is shutting down"};
    const auto form = error_form(visit.request.path);
    const auto [status, body] = error_reply(form, error, visit.account.request_id());
    visit.account.failed(error, status);
    // The provider may well bill what it was asked before the caller left.
    if (error.kind == ErrorKind::cancelled && !visit.account.context.attempts.empty())
        visit.account.used(estimate_usage(visit.body_size, 0), std::nullopt);
    if (visit.responder.started() || error.kind == ErrorKind::cancelled) {
        visit.responder.reset();
        co_return;
    }
    auto& headers = visit.headers;
    headers.push_back({"content-type", "application/json"});
    if (status == 401) headers.push_back({"www-authenticate", "Bearer realm=\"sluice\""});
    if (!visit.account.context.attempts.empty())
        append_attempts_header(headers.lines(), visit.account.context.attempts);
    append_retry_advice(headers, error, status);
    co_await visit.responder.send(status, headers, body);
}

}  // namespace sluice
