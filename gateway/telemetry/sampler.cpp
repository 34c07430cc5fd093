#include "telemetry/sampler.hpp"

#include <charconv>
#include <cstdint>
#include <utility>

namespace sluice {

Sampler::Sampler(std::string_view name, double ratio)
    : parent_based_(name.starts_with("parentbased_")),
      root_(
          name.ends_with("always_off")     ? Root::off
          : name.ends_with("traceidratio") ? Root::ratio
                                           : Root::on
      ),
      ratio_(ratio)
{
}

bool Sampler::operator()(std::string_view trace_id, const std::optional<TraceContext>& parent) const
{
    if (parent_based_ && parent) return is_sampled(*parent);
    switch (root_) {
        case Root::on: return true;
        case Root::off: return false;
        case Root::ratio: {
            // 63 bits of the id's random half, as other exporters take them: all of a trace agree.
            std::uint64_t bits = 0;
            const auto random = trace_id.substr(16);
            std::from_chars(random.data(), random.data() + random.size(), bits, 16);
            return static_cast<double>(bits >> 1) < ratio_ * 0x1p63;
        }
    }
    std::unreachable();
}

}  // namespace sluice
