#pragma once

#include "server/client_socket.hpp"
#include "server/handler.hpp"

#include <ctime>
#include <optional>
#include <string>
#include <string_view>

namespace sluice {

/// The Date header's line, made anew once a second. One for each worker.
class HttpDate {
public:
    std::string_view line();

private:
    std::time_t second_ = 0;
    std::string line_;
};

/// What the request says about the form of its response.
struct Framing {
    bool http10 = false;  ///< no chunks: a stream ends with the connection
    bool head = false;    ///< method HEAD: no body
    bool close = false;   ///< no further request on this connection
    /// The same, where it is set when the head is written.
    const bool* unread_body = nullptr;
};

/// Writes one response in HTTP/1.1, with one system call for each call where the client keeps up.
class HttpResponder final : public Responder {
public:
    /// `head` is scratch for the bytes of the head. `draining` is read when the head is written:
    /// where it is set by then, the response says that the connection ends.
    HttpResponder(
        ClientSocket& client,
        HttpDate& date,
        std::string& head,
        Framing framing,
        const bool& draining
    );

    Task<Result<void>> send(int status, const HeaderBlock& headers, std::string_view body) override;
    Task<Result<void>> begin_stream(int status, const HeaderBlock& headers) override;
    Task<Result<void>> write(std::string_view bytes) override;
    Task<Result<void>> end_stream(std::string_view last) override;
    void reset() override { client_.reset(); }
    bool started() const override { return stage_ != Stage::nothing; }
    Clock::duration blocked() const override { return client_.blocked() - blocked_before_; }

    bool finished() const { return stage_ == Stage::finished; }
    /// True once a response was begun after which the connection ends.
    bool closes() const { return framing_.close; }

private:
    enum class Stage { nothing, streaming, finished };
    enum class Body { none, sized, chunked, until_close };

    Task<Result<void>> write_body(std::string_view bytes, bool last);
    void write_head(int status, const HeaderBlock& headers, std::size_t size);

    ClientSocket& client_;
    HttpDate& date_;
    std::string& head_;
    Framing framing_;
    const bool& draining_;
    Clock::duration blocked_before_;
    Stage stage_ = Stage::nothing;
    Body body_ = Body::none;
};

}  // namespace sluice
