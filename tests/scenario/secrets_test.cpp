#include "core/digest.hpp"
#include "support/calls.hpp"
#include "support/fake_collector.hpp"
#include "support/test_gateway.hpp"

#include <gtest/gtest.h>

namespace sluice::test {
namespace {

constexpr auto chat_path = "/api/v1/auto/chat";
constexpr auto provider_key = "sk-upstream-main";
constexpr auto gateway_key = "sk-gate-7h15";
constexpr auto own_key = "sk-own-7h4t";
constexpr auto prompt = "the merger is on friday";
constexpr auto completion = "nobody must know of it";

/// A provider that tells everything it was told: the worst there is.
Reply gossip(int code)
{
    return [=](Peer& peer) {
        const auto words = concat(
            "Incorrect API key provided: ", provider_key, " (", own_key, "); you said: ", prompt
        );
        return status(code, concat(R"({"error":{"message":")", words, R"(","type":"invalid_request_error","param":null,"code":"invalid_api_key"}})"))(
            peer
        );
    };
}

struct Outlets {
    std::string log, metrics, errors, traces;
};

void expect_in_none(const Outlets& outlets, std::string_view secret)
{
    EXPECT_FALSE(outlets.log.contains(secret)) << secret << " is in the log:\n" << outlets.log;
    EXPECT_FALSE(outlets.metrics.contains(secret)) << secret << " is in the metrics";
    EXPECT_FALSE(outlets.traces.contains(secret)) << secret << " is in a span:\n" << outlets.traces;
    EXPECT_FALSE(outlets.errors.contains(secret)) << secret << " is in an error:\n"
                                                  << outlets.errors;
}

/// Runs a good call, a stream, every failing call and what a caller does wrong.
Outlets run_everything()
{
    start_log("debug", "json");
    Outlets seen;
    {
        const CapturedLog log;
        const FakeCollector collector;
        std::vector<Reply> replies{
            chat_answer(completion),
            chat_stream({completion, "end"}),
            sse({chunk_event(completion)})
        };
        for (const int code : {400, 401, 403, 404, 422, 429, 500, 503})
            replies.push_back(gossip(code));
        replies.push_back(json(concat("{\"broken\":\"", completion, "\"")));
        replies.push_back(reset());
        for (std::size_t n = 0; n < replies.size(); ++n) {
            FakeUpstream fake(replies[n]);
            TestGateway gateway({{"main", fake.url()}}, [&](Config& config) {
                config.traces.endpoint = collector.endpoint();
                GatewayKeyConfig key;
                key.name = "website";
                key.sha256 = sha256_hex(gateway_key);
                config.auth.keys = {key};
            });
            const auto port = gateway.port();
            const auto authorization = concat("Authorization: Bearer ", gateway_key, "\r\n");
            const auto with_own_key = concat(authorization, "X-API-Key: ", own_key, "\r\n");
            const auto body = concat(
                R"({"messages":[{"role":"user","content":")",
                prompt,
                n == 1 || n == 2 ? R"("}],"stream":true})" : R"("}]})"
            );
            for (const auto& headers : {with_own_key, authorization}) {
                const auto answer = post(port, chat_path, body, headers);
                if (n < 2) {
                    EXPECT_EQ(answer.status, 200);
                    EXPECT_TRUE(answer.body.contains(completion));
                } else if (n == 2) {
                    seen.errors += answer.body.substr(answer.body.find("\"error\""));
                } else {
                    EXPECT_GE(answer.status, 400) << n;
                    seen.errors += answer.body;
                }
            }
            // What a caller does wrong is the caller's text too.
            for (const auto& bad :
                 {concat("{\"messages\":\"", prompt, "\"}"), concat("[", prompt), body + prompt})
                seen.errors += post(port, chat_path, bad, authorization).body;
            const auto wrong_key = concat("Authorization: Bearer ", own_key, "\r\n");
            seen.errors += post(port, chat_path, body, wrong_key).body;
            EXPECT_TRUE(eventually([&] {
                return gateway.metric(R"(sluice_in_flight_requests{surface="connector"})") == 0;
            }));
            seen.metrics += gateway.metrics();
        }
        seen.log = log.text();
        seen.traces = collector.bodies();
    }
    stop_log();
    return seen;
}

TEST(Secrets, are_in_no_log_line_no_metric_no_span_and_no_error)
{
    const auto seen = run_everything();
    ASSERT_TRUE(seen.log.contains(R"("outcome":"upstream_auth_failed")"));
    ASSERT_TRUE(seen.log.contains(R"("outcome":"stream_interrupted")"));
    ASSERT_TRUE(seen.metrics.contains("sluice_requests_total{"));
    ASSERT_TRUE(seen.errors.contains("unauthorized"));
    ASSERT_TRUE(seen.traces.contains("gen_ai.response.finish_reasons"));
    ASSERT_TRUE(seen.traces.contains("stream_interrupted"));
    for (const auto* secret : {provider_key, gateway_key, own_key, completion})
        expect_in_none(seen, secret);
    // Whoever sent the prompt may read in the answer what a provider says of it; nobody else.
    EXPECT_FALSE(seen.log.contains(prompt)) << seen.log;
    EXPECT_FALSE(seen.metrics.contains(prompt));
    EXPECT_FALSE(seen.traces.contains(prompt)) << seen.traces;
}

}  // namespace
}  // namespace sluice::test
