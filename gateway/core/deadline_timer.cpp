#include "core/deadline_timer.hpp"

namespace sluice {

void Watch::arm(TimePoint when)
{
    when_ = when;
    expired_ = false;
    if (when == TimePoint::max()) return;
    if (!is_linked()) timer_.watches_.push_back(*this);
    timer_.sweep_by(when);
}

void Watch::disarm()
{
    when_ = TimePoint::max();
    expired_ = false;
}

void DeadlineTimer::sweep_by(TimePoint when)
{
    if (when >= next_sweep_) return;
    const auto earliest = std::max(when, Clock::now() + resolution);
    if (earliest >= next_sweep_) return;  // else arming again and again would put the sweep off
    next_sweep_ = earliest;
    timer_.expires_at(next_sweep_);
    timer_.async_wait([this](boost::system::error_code error) {
        if (!error) sweep();
    });
}

void DeadlineTimer::sweep()
{
    const auto now = Clock::now();
    next_sweep_ = TimePoint::max();
    auto next = TimePoint::max();
    // An expiry may arm, disarm or destroy any watch, so nothing is held on to but the list's
    // front.
    Watches unswept;
    unswept.swap(watches_);
    while (!unswept.empty()) {
        auto& watch = unswept.front();
        watch.unlink();
        if (watch.when_ <= now) {
            watch.expired_ = true;
            watch.on_expiry_();
        } else if (watch.when_ != TimePoint::max()) {
            watches_.push_back(watch);
            next = std::min(next, watch.when_);
        }
    }
    if (next != TimePoint::max()) sweep_by(next);
}

}  // namespace sluice
