#pragma once

#include "core/body_source.hpp"
#include "core/error.hpp"
#include "core/http.hpp"
#include "core/task.hpp"
#include "core/time.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <span>
#include <string>
#include <string_view>

namespace sluice {

struct ApiEndpoint;
struct EndpointMatch {
    const ApiEndpoint* endpoint = nullptr;  ///< nullptr: none
    std::string_view parameter{};
};

/// A whole request as a handler sees it. The views live until the handler returns.
struct Request {
    std::string_view method;
    std::string_view target;              ///< as sent
    std::string_view path;                ///< target up to '?'
    std::string_view query;               ///< after '?'; empty: none
    std::span<const HeaderField> fields;  ///< in the connection's buffer
    std::string body;
    BodySource* upload = nullptr;  ///< the body, where the handler reads it as it comes
    TimePoint arrived;             ///< when the head was complete
    EndpointMatch match{};         ///< where the handler has looked for it

    /// The first field with this name, case-insensitive; empty where there is none.
    std::string_view header(std::string_view name) const
    {
        for (const auto& field : fields)
            if (iequals(field.name, name)) return field.value;
        return {};
    }
};

/// The way back to one client, for one request. Each call awaits until the bytes are the kernel's,
/// so a slow reader slows whoever writes. ErrorKind::cancelled: the client is gone; stop.
class Responder {
public:
    virtual ~Responder() = default;
    /// A complete response. Content-Length and Connection are added here.
    virtual Task<Result<void>> send(
        int status, const HeaderBlock& headers, std::string_view body
    ) = 0;
    /// The head of a stream (chunked; until close for HTTP/1.0).
    virtual Task<Result<void>> begin_stream(int status, const HeaderBlock& headers) = 0;
    /// Bytes of the stream, in one piece on the wire.
    virtual Task<Result<void>> write(std::string_view bytes) = 0;
    /// The regular end of the stream; any last bytes go out in the same piece.
    virtual Task<Result<void>> end_stream(std::string_view last = {}) = 0;
    /// Breaks the connection off without a regular end (a reset).
    virtual void reset() = 0;
    /// True once the head of a response has been written.
    virtual bool started() const = 0;
    /// How long writes have waited for the client so far.
    virtual Clock::duration blocked() const = 0;
};

/// Whatever answers requests. A handler must finish with a complete response or a reset. When the
/// client leaves, the handler's task is cancelled: whatever it awaits returns ErrorKind::cancelled.
class Handler {
public:
    virtual ~Handler() = default;
    /// Asked once, when the head is there, always before handle(): the handler will read the body
    /// itself, as it comes. What it leaves unread ends the connection.
    virtual bool takes_upload(Request&) const { return false; }
    virtual Task<void> handle(Request& request, Responder& responder) = 0;
};

}  // namespace sluice
