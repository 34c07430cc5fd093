#pragma once

#include <chrono>
#include <concepts>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace sluice {

/// What went wrong, as far as anybody has to act on it. The kind alone decides the status that the
/// caller sees, whether to retry or fall back, and the label in metrics.
enum class ErrorKind {
    // the caller's side
    malformed,        ///< not HTTP or not JSON
    invalid_request,  ///< a field breaks a rule; Error::param says where
    unauthorized,     ///< no gateway key, or a wrong one
    not_found,        ///< no such path
    method_not_allowed,
    unknown_provider,  ///< neither a provider nor a route
    payload_too_large,
    unfit,      ///< no target can express what the request means; Error::param names the field
    cancelled,  ///< the caller left
    // the gateway itself
    internal,         ///< a bug
    limited,          ///< the caller's own limit
    overloaded_here,  ///< more requests than the gateway admits
    circuit_open,     ///< the target's breaker does not admit
    not_configured,   ///< the provider has no key
    // deadlines, one each
    connect_timeout,
    response_timeout,     ///< no response head in time
    first_token_timeout,  ///< a stream without a first token in time
    idle_timeout,         ///< a stream that fell silent
    deadline_exceeded,    ///< the whole request took too long
    // the upstream's side
    unreachable,            ///< DNS, connect, TLS, or a reset before the first byte
    rejected,               ///< the provider calls it the caller's fault
    unsupported_parameter,  ///< rejected for one field that may be left out; Error::repair names it
    context_too_long,
    content_filtered,
    credential_refused,  ///< the provider refuses the key
    quota_exhausted,     ///< the key's purse is empty
    model_gone,
    rate_limited,
    overloaded,          ///< 503, 529 and their kin
    server_error,        ///< 500, 502, 504 and their kin
    bad_response,        ///< a 200 whose body is no valid answer
    stream_interrupted,  ///< a stream that died after its first token
};
inline constexpr int error_kind_count = static_cast<int>(ErrorKind::stream_interrupted) + 1;

struct Error {
    ErrorKind kind = ErrorKind::internal;
    std::string message{};    ///< for a person: what, which field or target, what to do
    std::string param{};      ///< JSON path of the field at fault; empty: none
    std::string provider{};   ///< the provider that said so; empty: the gateway itself
    std::string code{};       ///< OpenAI's word, where the kind is too broad; empty: the kind's
    std::string repair{};     ///< JSON path that a repaired request leaves out
    int upstream_status = 0;  ///< 0: no response was received
    std::optional<std::chrono::milliseconds> retry_after{};  ///< the wait that was asked for
    bool own_key = false;  ///< the caller brought the provider key itself
};

/// An Error elsewhere in memory. Copied as a value; moved from, it is gone.
class BoxedError {
public:
    BoxedError(Error error) : error_(std::make_unique<Error>(std::move(error))) {}
    BoxedError(BoxedError&&) noexcept = default;
    BoxedError(const BoxedError& other)
        : error_(other.error_ ? std::make_unique<Error>(*other.error_) : nullptr)
    {
    }
    BoxedError& operator=(BoxedError other) noexcept
    {
        error_.swap(other.error_);
        return *this;
    }
    Error& operator*() const { return *error_; }

private:
    std::unique_ptr<Error> error_;
};

/// A value, or what went wrong instead. An Error is large and rare, and every frame on the way up
/// has room for a Result: so it holds no more than a pointer to one.
template <class T>
class Result : public std::expected<T, BoxedError> {
    using Held = std::expected<T, BoxedError>;

public:
    using Held::Held;
    Error& error() & { return *Held::error(); }
    const Error& error() const& { return *Held::error(); }
    Error&& error() && { return std::move(*Held::error()); }

    template <class U>
        requires(!std::same_as<U, Result>)
    friend bool operator==(const Result& result, const U& value)
    {
        return result && *result == value;
    }
};

[[nodiscard]] inline std::unexpected<Error> fail(ErrorKind kind, std::string message)
{
    return std::unexpected(Error{.kind = kind, .message = std::move(message)});
}
[[nodiscard]] inline std::unexpected<Error> fail_at(std::string param, std::string message)
{
    return std::unexpected(Error{
        .kind = ErrorKind::invalid_request, .message = std::move(message), .param = std::move(param)
    });
}

/// The stable word for a kind: `code` in error bodies, `outcome` in metrics and logs.
std::string_view code_of(ErrorKind kind);
/// The HTTP status that a caller gets (provider-apis.md section 8, "Downstream translation").
int status_of(const Error& error);
/// invalid_request, authentication, limit, gateway or upstream: whose fault, for error bodies.
std::string_view type_of(const Error& error);
/// True where the same request may succeed later, as told to callers.
bool is_transient(ErrorKind kind);

/// Joins pieces of text.
template <class... Parts>
std::string concat(const Parts&... parts)
{
    std::string out;
    out.reserve((std::string_view(parts).size() + ...));
    (out.append(std::string_view(parts)), ...);
    return out;
}

}  // namespace sluice
