#include "support/calls.hpp"
#include "support/fake_upstream.hpp"
#include "support/notify_socket.hpp"
#include "support/program.hpp"
#include "support/test_gateway.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace sluice::test {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto chat_path = "/api/v1/auto/chat";

/// A stream that goes on when the test says so.
struct Held {
    std::atomic<bool> go_on{false};
    FakeUpstream fake{[this](Peer& peer) {
        peer.send(stream_head() + chunked(chunk_event("begin ")));
        while (!go_on)
            if (peer.closed_within(10ms)) return false;
        return peer.send(
            chunked(chunk_event("end")) + chunked(finish_event()) + chunked(usage_event(3, 2)) +
            chunked("data: [DONE]\n\n") + "0\r\n\r\n"
        );
    }};

    ~Held() { go_on = true; }
};

/// A stream that has begun.
class OpenStream {
public:
    explicit OpenStream(std::uint16_t port) : client_(port)
    {
        client_.send(request_text("POST", chat_path, chat_body(R"("stream":true)")));
        response_ = client_.read_head();
        while (!response_.body.contains("begin ") && client_.read_piece(response_)) {
        }
        EXPECT_TRUE(response_.body.contains("begin "));
    }
    const RawResponse& rest()
    {
        while (client_.read_piece(response_)) {
        }
        return response_;
    }

private:
    RawClient client_;
    RawResponse response_;
};

TEST(Lifecycle, a_draining_gateway_is_alive_but_not_ready)
{
    FakeUpstream fake(chat_answer("yes"));
    TestGateway gateway({{"main", fake.url()}});
    EXPECT_EQ(get(gateway.port(), "/readyz").status, 200);
    gateway.gateway().begin_drain();
    const auto ready = get(gateway.port(), "/readyz");
    EXPECT_EQ(ready.status, 503);
    EXPECT_EQ(at(ready.body, "/reason"), R"("draining")");
    EXPECT_EQ(get(gateway.port(), "/healthz").status, 503);
    EXPECT_EQ(get(gateway.port(), "/livez").status, 200);
    EXPECT_EQ(post(gateway.port(), chat_path, chat_body()).status, 200)
        << "a balancer needs a while to notice";
}

TEST(Lifecycle, without_a_usable_provider_it_is_not_ready)
{
    auto config = test_config({{"main", "https://api.invalid/v1"}});
    config.providers[0].api_key.clear();
    TestGateway gateway(std::move(config));
    EXPECT_EQ(at(get(gateway.port(), "/readyz").body, "/reason"), R"("no usable provider")");
}

TEST(Lifecycle, drain_lets_a_stream_finish_and_closes_idle_connections)
{
    Held held;
    TestGateway gateway({{"main", held.fake.url()}});
    RawClient idle(gateway.port());
    idle.send(request_text("GET", "/livez")).read_response();
    OpenStream stream(gateway.port());
    gateway.gateway().begin_drain();
    gateway.gateway().close_listeners();
    EXPECT_TRUE(idle.closed_by_server());
    EXPECT_THROW(RawClient{gateway.port()}, std::system_error);

    held.go_on = true;
    const auto& whole = stream.rest();
    EXPECT_TRUE(whole.complete);
    EXPECT_THAT(whole.body, HasSubstr("end"));
    EXPECT_TRUE(whole.body.ends_with("data: [DONE]\n\n"));
}

TEST(Lifecycle, an_answer_while_draining_says_that_the_connection_closes)
{
    FakeUpstream fake([](Peer& peer) {
        peer.pause(200ms);
        return chat_answer("yes")(peer);
    });
    TestGateway gateway({{"main", fake.url()}});
    RawClient client(gateway.port());
    client.send(request_text("POST", chat_path, chat_body()));
    ASSERT_TRUE(eventually([&] { return fake.requests() == 1; }));
    gateway.gateway().close_listeners();
    const auto answer = client.read_response();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.header("connection"), "close");
    EXPECT_TRUE(client.closed_by_server());
    client.close();
    EXPECT_TRUE(eventually([&] { return gateway.gateway().sessions() == 0; }));
}

TEST(Lifecycle, breaking_off_gives_a_stream_an_error_and_no_done)
{
    Held held;
    TestGateway gateway({{"main", held.fake.url()}});
    OpenStream stream(gateway.port());
    gateway.gateway().begin_drain();
    gateway.gateway().close_listeners();
    gateway.gateway().break_off();
    const auto& cut = stream.rest();
    EXPECT_THAT(cut.body, HasSubstr(R"("error")"));
    EXPECT_THAT(cut.body, HasSubstr("shutting down"));
    EXPECT_THAT(cut.body, Not(HasSubstr("[DONE]")));
    EXPECT_TRUE(held.fake.closed(0, 2s));
}

TEST(Lifecycle, breaking_off_answers_who_still_waits_with_503)
{
    FakeUpstream fake(hang());
    TestGateway gateway({{"main", fake.url()}});
    RawClient client(gateway.port());
    client.send(request_text("POST", chat_path, chat_body()));
    ASSERT_TRUE(eventually([&] { return fake.requests() == 1; }));
    gateway.gateway().begin_drain();
    gateway.gateway().close_listeners();
    gateway.gateway().break_off();
    const auto answer = client.read_response();
    EXPECT_EQ(answer.status, 503);
    EXPECT_NE(answer.header("retry-after"), "");
    client.close();
    EXPECT_TRUE(eventually([&] { return gateway.gateway().sessions() == 0; }));
}

TEST(Lifecycle, a_reload_swaps_routes_and_cuts_no_stream)
{
    Held held;
    FakeUpstream other(chat_answer("from the other"));
    TestGateway gateway({{"main", held.fake.url()}});
    OpenStream stream(gateway.port());

    EXPECT_TRUE(gateway.gateway().reload(test_config({{"other", other.url()}})).empty());
    const auto answer = post(gateway.port(), chat_path, chat_body());
    EXPECT_EQ(at(answer.body, "/provider"), R"("other")");
    EXPECT_EQ(post(gateway.port(), "/api/v1/main/chat", chat_body()).status, 404);

    held.go_on = true;
    EXPECT_TRUE(stream.rest().body.ends_with("data: [DONE]\n\n"));
}

TEST(Lifecycle, a_reloaded_key_is_used_by_the_next_request)
{
    FakeUpstream fake([](Peer& peer) {
        return peer.head().contains("sk-new") ? chat_answer("yes")(peer) : status(401)(peer);
    });
    auto config = test_config({{"main", fake.url()}});
    TestGateway gateway(config);
    EXPECT_EQ(post(gateway.port(), chat_path, chat_body()).status, 502);
    config.providers[0].api_key = "sk-new";
    gateway.gateway().reload(config);
    EXPECT_EQ(post(gateway.port(), chat_path, chat_body()).status, 200)
        << "that the old key was refused is forgotten";
}

TEST(Lifecycle, a_reload_tells_what_needs_a_restart)
{
    auto config = test_config({{"main", "http://127.0.0.1:1/v1"}});
    TestGateway gateway(config);
    config.server.workers = 2;
    config.server.max_concurrency = 7;
    EXPECT_THAT(gateway.gateway().reload(config), ::testing::ElementsAre("server.workers"));
}

TEST(Lifecycle, metrics_are_as_prometheus_wants_them)
{
    if (std::system("command -v promtool >/dev/null") != 0)
        GTEST_SKIP() << "promtool is not installed (package prometheus): THE METRICS ARE UNCHECKED";
    FakeUpstream fake(in_turn({status(503), chat_answer("yes"), chat_stream({"a", "b", "c"})}));
    TestGateway gateway({{"main", fake.url()}});
    post(gateway.port(), chat_path, chat_body());
    post(gateway.port(), chat_path, chat_body(R"("stream":true)"));
    post(gateway.port(), chat_path, "{}");
    const auto page = get(gateway.port(), "/metrics");
    EXPECT_THAT(std::string(page.header("content-type")), HasSubstr("text/plain"));
    const auto path = ::testing::TempDir() + "sluice_metrics.txt";
    std::ofstream(path) << page.body;
    EXPECT_EQ(std::system(("promtool check metrics < " + path).c_str()), 0);
    std::remove(path.c_str());
}

// The program itself.

/// A configuration file with one provider, in a folder of its own.
class ProgramTest : public ::testing::Test {
protected:
    FakeUpstream fake{chat_answer("yes")};
    const std::string file = ::testing::TempDir() + "sluice_" + std::to_string(getpid()) + ".yaml";

    ~ProgramTest() override { std::remove(file.c_str()); }

    void write(const std::string& more)
    {
        std::ofstream(file) << "server:\n  listen: [\"127.0.0.1:0\"]\n  workers: 1\n"
                               "  drain_delay: 0s\n"
                               "state:\n  store: memory\n"
                               "providers:\n  main:\n    type: openai_compatible\n"
                               "    default_model: fake-model\n    api_key: sk-hidden-8472\n"
                            << "    base_url: " << fake.url() << "\n"
                            << more;
    }
    Program run(std::vector<std::string> arguments, std::vector<std::string> environment = {})
    {
        for (const auto* each : {"--config", file.c_str(), "--env-file", "/nonexistent/.env"})
            arguments.emplace_back(each);
        return Program(SLUICE_BINARY, std::move(arguments), std::move(environment));
    }
    /// The port of a gateway that has begun to listen.
    static std::uint16_t port_of(Program& program)
    {
        const auto line = program.line_with(R"("msg":"listening")");
        const auto address = at(line, "/address");
        const auto colon = address.rfind(':');
        return colon == std::string::npos
                   ? std::uint16_t{0}
                   : static_cast<std::uint16_t>(std::atoi(address.c_str() + colon + 1));
    }
};

TEST_F(ProgramTest, check_config_tells_sound_from_broken)
{
    write("");
    EXPECT_EQ(run({"--check-config"}).wait(), 0);
    write("nonsense: 1\n");
    auto broken = run({"--check-config"});
    EXPECT_EQ(broken.wait(), 78);
    EXPECT_THAT(broken.output(), HasSubstr("nonsense"));
    EXPECT_EQ(run({"--no-such-flag"}).wait(), 2);
}

TEST_F(ProgramTest, print_config_masks_secrets)
{
    write("");
    auto program = run({"--print-config"});
    EXPECT_EQ(program.wait(), 0);
    EXPECT_THAT(program.output(), HasSubstr("api_key: \"***\""));
    EXPECT_THAT(program.output(), HasSubstr("default_model: "));
    EXPECT_THAT(program.output(), Not(HasSubstr("sk-hidden-8472")));
}

TEST_F(ProgramTest, serves_until_sigterm_and_ends_with_0)
{
    write("");
    auto program = run({});
    const auto port = port_of(program);
    ASSERT_NE(port, 0) << program.output();
    EXPECT_EQ(post(port, chat_path, chat_body()).status, 200);

    const auto url = "http://127.0.0.1:" + std::to_string(port);
    EXPECT_EQ(Program(SLUICE_BINARY, {"healthcheck", "--url", url}).wait(), 0);
    program.signal(SIGTERM);
    EXPECT_EQ(program.wait(), 0);
    EXPECT_EQ(Program(SLUICE_BINARY, {"healthcheck", "--url", url}).wait(), 1);
    EXPECT_THAT(program.output(), HasSubstr(R"("msg":"stopped")"));
    EXPECT_THAT(program.output(), Not(HasSubstr("sk-hidden-8472")));
}

TEST_F(ProgramTest, sighup_takes_a_sound_file_and_keeps_the_old_one_over_a_broken)
{
    write("");
    auto program = run({});
    const auto port = port_of(program);
    ASSERT_NE(port, 0) << program.output();

    write("nonsense: 1\n");
    program.signal(SIGHUP);
    EXPECT_NE(program.line_with("reload failed, the old configuration stays"), "");
    EXPECT_EQ(post(port, chat_path, chat_body()).status, 200);
    EXPECT_THAT(
        get(port, "/metrics").body, HasSubstr("\nsluice_config_last_reload_successful 0\n")
    );

    write("routes:\n  fast:\n    targets:\n      - {provider: main, model: fake-model}\n");
    program.signal(SIGHUP);
    EXPECT_NE(program.line_with("configuration reloaded"), "");
    EXPECT_EQ(post(port, "/api/v1/fast/chat", chat_body()).status, 200);
    const auto fast_route_has = [port](std::string_view targets) {
        const auto page = get(port, "/metrics").body;
        return page.contains(
            concat(R"(sluice_route_targets{route="fast",state="closed"} )", targets, "\n")
        );
    };
    EXPECT_TRUE(fast_route_has("1"));

    write("");
    program.signal(SIGHUP);
    EXPECT_TRUE(eventually([&] { return fast_route_has("0"); }));
    program.signal(SIGTERM);
    EXPECT_EQ(program.wait(), 0);
}

TEST_F(ProgramTest, a_new_process_on_the_same_port_takes_over_and_no_stream_is_cut)
{
    Held held;
    write(concat(
        "  held:\n    type: openai_compatible\n    default_model: fake-model\n    api_key: "
        "sk-held\n",
        concat("    base_url: ", held.fake.url(), "\n"),
        "routes:\n  auto:\n    targets: [held/fake-model]\n"
    ));
    auto before = run({});
    const auto port = port_of(before);
    ASSERT_NE(port, 0) << before.output();
    OpenStream stream(port);
    RawClient idle(port);
    idle.send(request_text("GET", "/livez")).read_response();

    auto after = run({"--listen", "127.0.0.1:" + std::to_string(port)});
    ASSERT_EQ(port_of(after), port) << after.output();
    before.signal(SIGTERM);
    ASSERT_TRUE(idle.closed_by_server()) << "it has stopped accepting";
    for (int i = 0; i < 10; ++i)
        EXPECT_EQ(post(port, "/api/v1/main/chat", chat_body()).status, 200);

    held.go_on = true;
    EXPECT_TRUE(stream.rest().body.ends_with("data: [DONE]\n\n"));
    EXPECT_EQ(before.wait(), 0);
    EXPECT_EQ(post(port, "/api/v1/main/chat", chat_body()).status, 200);
}

TEST_F(ProgramTest, tells_the_service_manager_when_it_serves_and_when_it_stops)
{
    write("");
    for (const bool abstract : {false, true}) {
        NotifySocket manager(abstract);
        auto program = run({}, {manager.variable()});
        EXPECT_EQ(manager.next(), "READY=1");
        const auto port = port_of(program);
        EXPECT_EQ(post(port, chat_path, chat_body()).status, 200) << "ready means that it serves";
        EXPECT_EQ(manager.next(100ms), "") << "nobody asked for signs of life";
        program.signal(SIGTERM);
        EXPECT_EQ(manager.next(), "STOPPING=1");
        EXPECT_EQ(program.wait(), 0);
    }
}

TEST_F(ProgramTest, gives_signs_of_life_twice_as_often_as_the_watchdog_asks)
{
    write("");
    NotifySocket manager;
    auto program = run({}, {manager.variable(), "WATCHDOG_USEC=1000000"});
    EXPECT_EQ(manager.next(), "READY=1");
    for (int i = 0; i < 3; ++i) {
        const auto begin = Clock::now();
        EXPECT_EQ(manager.next(), "WATCHDOG=1");
        EXPECT_LT(Clock::now() - begin, 1s);
    }
}

TEST_F(ProgramTest, a_watchdog_of_another_process_is_not_served)
{
    write("");
    NotifySocket manager;
    auto program = run({}, {manager.variable(), "WATCHDOG_USEC=100000", "WATCHDOG_PID=1"});
    EXPECT_EQ(manager.next(), "READY=1");
    EXPECT_EQ(manager.next(300ms), "");
}

TEST_F(ProgramTest, a_credential_of_the_service_manager_reaches_the_provider_and_is_reloaded)
{
    write("");
    const auto directory =
        std::filesystem::temp_directory_path() / ("sluice_credentials_" + std::to_string(getpid()));
    std::filesystem::create_directory(directory);
    const auto credential = directory / "main_api_key";
    std::ofstream(credential) << "sk-first\n";
    auto program = run({}, {"CREDENTIALS_DIRECTORY=" + directory.string()});
    const auto port = port_of(program);
    EXPECT_EQ(post(port, chat_path, chat_body()).status, 200);
    EXPECT_THAT(fake.head(0), HasSubstr("sk-first\r\n"));

    std::ofstream(credential) << "sk-second\n";
    program.signal(SIGHUP);
    EXPECT_NE(program.line_with("configuration reloaded"), "");
    EXPECT_EQ(post(port, chat_path, chat_body()).status, 200);
    EXPECT_THAT(fake.head(1), HasSubstr("sk-second\r\n"));
    EXPECT_THAT(program.output(), Not(HasSubstr("sk-first")));
    std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace sluice::test
