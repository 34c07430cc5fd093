#pragma once

#include "core/task.hpp"
#include "server/handler.hpp"

#include <boost/json/object.hpp>

#include <atomic>
#include <string>
#include <string_view>

namespace sluice {

/// A provider that speaks the OpenAI dialect and needs no key, for --demo and for trying out what a
/// bad day looks like. What it does is chosen by the model:
///
/// - echo: says the last user message again; slow: 20 words a second; pace-<ms>: a word every <ms>
/// - tools: calls the first of the request's tools; embed: embeds deterministically
/// - fail-<status>: answers that status, 429 with Retry-After: 1; flaky: 503 every other time
/// - hang: never answers; reset: breaks the connection off
/// - stall: streams two words, then nothing; die: streams half, then breaks off
/// - truncate: streams half, then ends without a finish
class MockProvider : public Handler {
public:
    explicit MockProvider(asio::io_context& context) : context_(context) {}
    Task<void> handle(Request& request, Responder& responder) override;

private:
    asio::io_context& context_;
    std::atomic<unsigned> flaky_calls_{0};

    Task<void> chat(const boost::json::object& body, Responder& responder);
    Task<void> embeddings(const boost::json::object& body, Responder& responder);
    Task<bool> misbehave(const std::string& model, Responder& responder);
    Task<void> stream(
        const boost::json::object& body, const std::string& model, Responder& responder
    );
    Task<bool> pause(milliseconds span);  ///< false: the caller left
};

}  // namespace sluice
