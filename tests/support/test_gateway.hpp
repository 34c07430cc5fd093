#pragma once

#include "config/config.hpp"
#include "runtime/gateway.hpp"
#include "support/raw_client.hpp"

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace sluice::test {

/// Where a target answers: `{"main", fake.url()}`.
struct Upstream {
    std::string name;
    std::string url;
};

/// A configuration for tests: one openai_compatible provider for each upstream (default model
/// "fake-model", key "sk-upstream-<name>"), a route "auto" over all of them in order, short delays,
/// one worker, a port of its own.
Config test_config(const std::vector<Upstream>& upstreams);

/// A whole gateway on loopback, stopped when it goes out of scope.
class TestGateway {
public:
    explicit TestGateway(Config config);
    explicit TestGateway(
        const std::vector<Upstream>& upstreams, const std::function<void(Config&)>& change = {}
    );
    ~TestGateway();

    std::uint16_t port() const;
    Gateway& gateway() { return *gateway_; }
    std::string metrics() { return gateway_->metrics().render(); }
    /// The value of one series, spelled as in the text format; 0 where it is absent.
    double metric(std::string_view series);

private:
    std::unique_ptr<Gateway> gateway_;
};

/// {"messages":[{"role":"user","content":"hi"}]} with more members put in: `"stream":true`.
std::string chat_body(const std::string& more = "");

}  // namespace sluice::test
