#pragma once

#include "support/calls.hpp"
#include "support/fake_upstream.hpp"
#include "support/otlp.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace sluice::test {

/// A collector on loopback that takes everything, unless told otherwise.
class FakeCollector {
public:
    static constexpr int server = 2, client = 3;

    explicit FakeCollector(Reply reply = json("{}")) : fake_(std::move(reply)) {}

    std::string endpoint() const { return fake_.url() + "/traces"; }
    const FakeUpstream& requests() const { return fake_; }
    /// Every body so far, one after the other.
    std::string bodies() const
    {
        std::string all;
        for (int n = 0; n < fake_.requests(); ++n) all += fake_.body(n);
        return all;
    }
    /// All spans so far, once there are at least so many.
    std::vector<SentSpan> spans(std::size_t count) const
    {
        OtlpReader reader;
        EXPECT_TRUE(eventually([&] {
            reader = read();
            return reader.spans.size() >= count;
        })) << "only "
            << reader.spans.size() << " spans";
        return reader.spans;
    }
    OtlpReader read() const
    {
        OtlpReader reader;
        for (int n = 0; n < fake_.requests(); ++n) reader.read(fake_.body(n));
        return reader;
    }

private:
    FakeUpstream fake_;
};

/// The span of the request; its attempts' in the order they were made.
inline SentSpan request_of(const std::vector<SentSpan>& spans)
{
    const auto found = std::ranges::find(spans, FakeCollector::server, &SentSpan::kind);
    EXPECT_NE(found, spans.end());
    return found == spans.end() ? SentSpan{} : *found;
}
inline std::vector<SentSpan> attempts_of(std::vector<SentSpan> spans)
{
    std::erase_if(spans, [](const SentSpan& span) { return span.kind != FakeCollector::client; });
    return spans;
}

}  // namespace sluice::test
