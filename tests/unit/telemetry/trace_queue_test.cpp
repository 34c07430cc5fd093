#include "telemetry/trace_queue.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace sluice {
namespace {

RequestTrace with_attempts(std::size_t count, const std::string& id = "")
{
    RequestTrace trace;
    trace.record.request_id = id;
    trace.record.attempts.resize(count);
    return trace;
}

TraceConfig sized(int queue, int batch)
{
    TraceConfig config;
    config.queue_size = queue;
    config.batch_size = batch;
    return config;
}

TEST(TraceQueue, gives_the_oldest_up_to_a_batch_of_spans)
{
    TraceQueue queue(sized(100, 5));
    for (const auto* id : {"a", "b", "c"}) queue.push(with_attempts(1, id));
    const auto first = queue.take();
    ASSERT_EQ(first.size(), 2u);
    EXPECT_EQ(first[0].record.request_id, "a");
    EXPECT_EQ(first[1].record.request_id, "b");
    EXPECT_EQ(queue.take().size(), 1u);
    EXPECT_TRUE(queue.take().empty());
}

TEST(TraceQueue, gives_a_request_larger_than_a_batch_alone)
{
    TraceQueue queue(sized(100, 2));
    queue.push(with_attempts(9));
    queue.push(with_attempts(0));
    EXPECT_EQ(queue.take().size(), 1u);
    EXPECT_EQ(queue.take().size(), 1u);
}

TEST(TraceQueue, drops_and_counts_what_does_not_fit)
{
    TraceQueue queue(sized(5, 5));
    const auto before = spans_dropped();
    queue.push(with_attempts(3, "fits"));
    queue.push(with_attempts(1, "does not"));
    EXPECT_EQ(spans_dropped(), before + 2);
    queue.push(with_attempts(0, "fits again"));
    EXPECT_EQ(spans_dropped(), before + 2);
    const auto kept = queue.take();
    ASSERT_EQ(kept.size(), 2u);
    EXPECT_EQ(kept[1].record.request_id, "fits again");
    queue.push(with_attempts(4));
    EXPECT_EQ(spans_dropped(), before + 2) << "what was taken makes room";
}

TEST(TraceQueue, tells_once_that_a_batch_has_come_together)
{
    TraceQueue queue(sized(100, 4));
    int told = 0;
    queue.on_batch([&] { ++told; });
    queue.push(with_attempts(1));
    EXPECT_FALSE(queue.has_batch());
    EXPECT_EQ(told, 0);
    queue.push(with_attempts(1));
    EXPECT_TRUE(queue.has_batch());
    queue.push(with_attempts(1));
    EXPECT_EQ(told, 1);
    queue.take();
    queue.push(with_attempts(1));
    EXPECT_EQ(told, 2);
}

TEST(TraceQueue, loses_none_between_threads)
{
    TraceQueue queue(sized(1'000'000, 64));
    constexpr int threads = 4, each = 2000;
    std::atomic<int> running{threads};
    std::vector<std::thread> workers;
    for (int n = 0; n < threads; ++n)
        workers.emplace_back([&] {
            for (int i = 0; i < each; ++i) queue.push(with_attempts(1));
            --running;
        });
    std::size_t taken = 0;
    while (running > 0) taken += queue.take().size();
    for (auto& worker : workers) worker.join();
    for (auto rest = queue.take(); !rest.empty(); rest = queue.take()) taken += rest.size();
    EXPECT_EQ(taken, std::size_t{threads * each});
}

}  // namespace
}  // namespace sluice
