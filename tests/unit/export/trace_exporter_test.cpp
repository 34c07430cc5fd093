#include "export/trace_exporter.hpp"

#include "support/otlp.hpp"
#include "unit/upstream/certificates.hpp"
#include "unit/upstream/scripted_server.hpp"
#include "upstream/resolver.hpp"
#include "upstream/tls.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <future>

namespace sluice::test {
namespace {

using namespace std::chrono_literals;

RequestTrace a_request()
{
    RequestTrace trace;
    trace.record.trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
    trace.record.span_id = "00f067aa0ba902b7";
    trace.record.trace_flags = "01";
    trace.record.method = "GET";
    trace.details.arrived = trace.details.ended = Clock::now();
    return trace;
}

/// The request that a collector behind this certificate gets; empty: it was not trusted.
std::string sent_to(const std::string& names, const std::string& ca_file)
{
    const auto context = authority().server(names);
    std::promise<std::string> request;
    ScriptedServer collector([&](Peer& peer) {
        if (!peer.accept_tls(context.get())) return request.set_value("");
        request.set_value(peer.read_request());
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
    });
    TraceConfig config;
    config.endpoint = concat("https://127.0.0.1:", std::to_string(collector.port()), "/v1/traces");
    config.ca_file = ca_file;
    config.timeout = 2s;
    Resolver resolver;
    TlsClients tls;
    TraceExporter exporter(config, resolver, tls);
    exporter.start();
    exporter.queue().push(a_request());
    exporter.stop();
    return request.get_future().get();
}

TEST(TraceExporter, speaks_tls_to_a_collector_that_it_trusts)
{
    const auto dropped = spans_dropped();
    const auto request = sent_to("IP:127.0.0.1", authority().file());
    ASSERT_TRUE(request.starts_with("POST /v1/traces HTTP/1.1\r\n")) << request;
    OtlpReader reader;
    reader.read(request.substr(request.find("\r\n\r\n") + 4));
    EXPECT_EQ(reader.spans.size(), 1u);
    EXPECT_EQ(spans_dropped(), dropped);
}

TEST(TraceExporter, sends_nothing_to_one_that_it_does_not)
{
    const auto dropped = spans_dropped();
    EXPECT_EQ(sent_to("DNS:somebody.else", authority().file()), "");
    EXPECT_EQ(sent_to("IP:127.0.0.1", ""), "");
    EXPECT_EQ(spans_dropped(), dropped + 2);
}

class AtTheEnd : public testing::TestWithParam<milliseconds> {};
TEST_P(AtTheEnd, a_collector_gets_its_timeout_but_not_more_than_the_last_words)
{
    DeadServer collector;
    TraceConfig config;
    config.endpoint = concat("http://127.0.0.1:", std::to_string(collector.port()), "/");
    config.timeout = GetParam();
    config.queue_size = 100;
    config.batch_size = 1;
    Resolver resolver;
    TlsClients tls;
    TraceExporter exporter(config, resolver, tls);
    exporter.start();
    const auto dropped = spans_dropped();
    for (int n = 0; n < 10; ++n) exporter.queue().push(a_request());
    const auto told = Clock::now();
    exporter.stop();
    EXPECT_LT(Clock::now() - told, std::min(GetParam(), TraceExporter::last_words) + 1s);
    EXPECT_EQ(spans_dropped(), dropped + 10);
}
INSTANTIATE_TEST_SUITE_P(timeouts, AtTheEnd, testing::Values(300ms, 60s));

}  // namespace
}  // namespace sluice::test
