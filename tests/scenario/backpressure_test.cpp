#include "support/calls.hpp"
#include "support/fake_upstream.hpp"
#include "support/sanitized.hpp"
#include "support/test_gateway.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <unistd.h>

namespace sluice::test {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t words = 1536;
constexpr std::size_t word_size = 16 * 1024;
constexpr std::size_t all = words * word_size;  // 24 MiB
/// What two pairs of loopback sockets may hold at most, with something to spare.
constexpr std::size_t few = 16u << 20;

std::size_t resident_bytes()
{
    std::size_t total = 0, resident = 0;
    std::ifstream("/proc/self/statm") >> total >> resident;
    return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

/// Streams all the words as fast as they are taken.
Reply flood(std::atomic<std::size_t>& sent)
{
    return [&sent](Peer& peer) {
        const auto piece = chunked(chunk_event(std::string(word_size, 'w')));
        if (!peer.send(stream_head())) return false;
        for (std::size_t n = 0; n < words; ++n) {
            if (!peer.send(piece)) return false;
            sent += word_size;
        }
        return peer.send(
            chunked(finish_event()) + chunked(usage_event(3, 4)) + chunked("data: [DONE]\n\n") +
            "0\r\n\r\n"
        );
    };
}

/// Waits until a number has not changed for a while.
void wait_until_still(const std::atomic<std::size_t>& number)
{
    std::size_t before = 0;
    EXPECT_TRUE(eventually([&] {
        const auto now = number.load();
        const bool still = now > 0 && now == before;
        before = now;
        std::this_thread::sleep_for(100ms);
        return still;
    }));
}

TEST(Backpressure, a_slow_reader_slows_its_own_upstream_and_misses_nothing)
{
    std::atomic<std::size_t> sent{0};
    FakeUpstream fake(flood(sent));
    TestGateway gateway({{"main", fake.url()}});
    RawClient client(gateway.port(), 4096);
    const auto memory_before = resident_bytes();
    client.send(request_text("POST", "/api/v1/auto/chat/stream", chat_body()));
    auto stream = client.read_head();
    ASSERT_EQ(stream.status, 200);

    wait_until_still(sent);
    EXPECT_LT(sent, few) << "the gateway reads what nobody takes";
    if (!sanitized) EXPECT_LT(resident_bytes(), memory_before + (8u << 20));
    EXPECT_EQ(get(gateway.port(), "/livez").status, 200) << "others are served meanwhile";

    std::size_t text = 0;
    std::string last;
    while (const auto piece = client.read_piece(stream)) {
        for (const char c : piece->bytes) text += c == 'w';
        last = piece->bytes;
        stream.body.clear();
        stream.pieces.clear();
    }
    EXPECT_TRUE(stream.complete);
    EXPECT_EQ(text, all);
    EXPECT_TRUE(last.ends_with("data: [DONE]\n\n"));
}

TEST(Backpressure, a_reader_that_never_reads_again_is_given_up)
{
    std::atomic<std::size_t> sent{0};
    FakeUpstream fake(flood(sent));
    TestGateway gateway({{"main", fake.url()}}, [](Config& config) {
        config.server.write_timeout = 300ms;
    });
    RawClient client(gateway.port(), 4096);
    client.send(request_text("POST", "/api/v1/auto/chat/stream", chat_body()));
    EXPECT_TRUE(fake.closed(0, 5s)) << "its upstream is let go";
    EXPECT_TRUE(eventually([&] { return gateway.metric("sluice_open_streams") == 0; }));
    EXPECT_LT(sent, few);
}

}  // namespace
}  // namespace sluice::test
