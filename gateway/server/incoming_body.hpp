#pragma once

#include "config/config.hpp"
#include "core/body_source.hpp"
#include "core/task.hpp"
#include "server/chunk_decoder.hpp"
#include "server/client_socket.hpp"
#include "server/listener.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace sluice {

/// The body of one request on its way in: its framing, its limit and the rate it has to keep up. It
/// is read as a whole before the handler sees it, or by the handler, as it comes.
class IncomingBody final : public BodySource {
public:
    /// What it is read from; `input` has what came before.
    struct Wire {
        ClientSocket& client;
        std::string& input;
        const ServerConfig& config;
        FrontDoorCounters& counters;
    };
    IncomingBody(Wire wire, const RequestHead& head, std::size_t limit);

    /// A body that says from the start that it is over the limit.
    Reading check() const;
    /// Takes what came with the head. True: that was all of the body, as it mostly is.
    bool take_here(std::string& body);
    /// Reads straight into the body, whose memory grows with what has come, not with what was
    /// promised.
    Task<Reading> read_all(std::string& body);

    Task<Result<std::string_view>> read() override;
    void stop() override;
    /// True until all of it has been read.
    const bool& unread() const { return unread_; }

private:
    Task<Reading> append_to(std::string& out, std::size_t room);
    std::size_t take_sized(std::string& out, std::uint64_t left);
    Task<Reading> append_chunks(std::string& out);
    Task<Reading> receive(std::string& into, std::size_t room);
    Task<Reading> continue_if_asked();
    TimePoint deadline() const;

    Wire wire_;
    const std::uint64_t size_;            // as the head says
    std::optional<ChunkDecoder> chunks_;  // where it does not
    const std::size_t limit_;
    bool asked_;  // by "Expect: 100-continue"
    bool unread_;
    bool stopped_ = false;
    TimePoint begun_;   // moved on by the time in which nobody wanted to read
    TimePoint paused_;  // since when nobody reads
    std::size_t received_ = 0;
    std::string piece_;
};

}  // namespace sluice
