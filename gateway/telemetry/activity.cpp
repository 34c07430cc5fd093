#include "telemetry/activity.hpp"

#include <algorithm>
#include <utility>

namespace sluice {

namespace {

bool is_error(const AccessRecord& record)
{
    return record.error && *record.error != ErrorKind::cancelled;
}

/// Assigned, it leaves texts and lists their memory.
const FinishedRequest nothing;

/// A failure may have made its texts and its list of attempts longer than others need.
bool can_be_used_again(const FinishedRequest& request)
{
    constexpr std::size_t usual_attempts = 4;
    return !request.record.error && request.record.attempts.capacity() <= usual_attempts;
}

}  // namespace

void ActivitySlice::add(const ActivitySlice& other)
{
    requests += other.requests;
    errors += other.errors;
    duration.add(other.duration);
    first_token.add(other.first_token);
}

void ModelUsage::add(const ModelUsage& other)
{
    requests += other.requests;
    errors += other.errors;
    tokens_in += other.tokens_in;
    tokens_out += other.tokens_out;
    if (other.cost_usd) cost_usd = cost_usd.value_or(0) + *other.cost_usd;
}

ActivityLane::ActivityLane()
{
    attach_to_log(*this);
}

ActivityLane::~ActivityLane()
{
    detach_from_log(*this);
}

std::unique_ptr<FinishedRequest> ActivityLane::blank()
{
    auto request = blank_.take();
    return request ? std::move(request) : std::make_unique<FinishedRequest>();
}

void ActivityLane::finished(std::unique_ptr<FinishedRequest> request)
{
    if (!finished_.give(request)) {
        settle();
        finished_.give(request);
    }
    log_gathered(*this, finished_.size() == most_waiting / 2);
}

/// With everything that was handed over in its place.
std::unique_lock<std::mutex> ActivityLane::settle()
{
    std::unique_lock lock(mutex_);
    make_lines();
    return lock;
}

void ActivityLane::make_lines()
{
    auto request = finished_.take();
    if (!request) return;
    const auto now = Clock::now();
    const auto wall = std::chrono::system_clock::now();
    for (; request; request = finished_.take()) {
        if (request->logged && has_room())
            write_access_line(lines_, request->record, wall - (now - request->finished));
        if (request->listed) note(request);
        if (request && can_be_used_again(*request)) {
            *request = nothing;
            blank_.give(request);
        }
    }
}

/// Adds the request up and lists it, in exchange for the oldest in the list.
void ActivityLane::note(std::unique_ptr<FinishedRequest>& request)
{
    const auto& record = request->record;
    const bool error = is_error(record);
    const auto number = Activity::slice_number(request->finished);
    ++requests_;
    errors_ += error ? 1 : 0;

    auto& slice = slices_[static_cast<std::size_t>(number) % slices_.size()];
    if (slice.number != number) slice = {.number = number};
    ++slice.requests;
    slice.errors += error ? 1 : 0;
    if (!record.error) slice.duration.record(request->finished - request->arrived);
    if (request->first_token) slice.first_token.record(*request->first_token - request->arrived);

    if (!record.provider.empty()) {
        const auto usage = record.usage.value_or(Usage{});
        usage_of(record).add({
            .requests = 1,
            .errors = error ? 1U : 0U,
            .tokens_in = usage.prompt,
            .tokens_out = usage.completion,
            .cost_usd = record.cost_usd,
        });
    }

    if (recent_.size() < recent_count)
        recent_.push_back(std::move(request));
    else
        recent_[next_recent_++ % recent_count].swap(request);
}

ModelUsage& ActivityLane::usage_of(const AccessRecord& record)
{
    const auto found = usage_.find(std::tie(record.tenant, record.provider, record.model));
    if (found != usage_.end()) return found->second;
    const bool room = usage_.size() < max_usage_rows;
    return usage_[UsageKey(record.tenant, record.provider, room ? record.model : "other")];
}

ActivityLane& Activity::add_lane()
{
    return *lanes_.emplace_back(std::make_unique<ActivityLane>());
}

std::vector<ActivitySlice> Activity::slices(TimePoint now) const
{
    const auto end = slice_number(now);
    const auto length = static_cast<std::int64_t>(ActivityLane::slice_count);
    std::vector<ActivitySlice> out;
    for (auto number = std::max(first_slice_, end - length); number < end; ++number) {
        auto& sum = out.emplace_back(ActivitySlice{.number = number});
        for (const auto& lane : lanes_) {
            const auto lock = lane->settle();
            const auto index = static_cast<std::size_t>(number) % lane->slices_.size();
            if (lane->slices_[index].number == number) sum.add(lane->slices_[index]);
        }
    }
    return out;
}

std::map<ModelName, ModelUsage> Activity::usage(TenantFilter tenant) const
{
    std::map<ModelName, ModelUsage> out;
    for (const auto& lane : lanes_) {
        const auto lock = lane->settle();
        for (const auto& [key, usage] : lane->usage_)
            if (!tenant || std::get<0>(key) == *tenant)
                out[{std::get<1>(key), std::get<2>(key)}].add(usage);
    }
    return out;
}

std::vector<FinishedRequest> Activity::recent(TenantFilter tenant) const
{
    std::vector<FinishedRequest> out;
    for (const auto& lane : lanes_) {
        for (std::size_t i = 0; i < ActivityLane::recent_count; ++i) {
            const auto lock = lane->settle();
            if (i >= lane->recent_.size()) break;
            const auto& request = *lane->recent_[i];
            if (!tenant || request.record.tenant == *tenant) out.push_back(request);
        }
    }
    std::ranges::sort(out, std::greater(), &FinishedRequest::finished);
    if (out.size() > ActivityLane::recent_count)
        out.erase(out.begin() + ActivityLane::recent_count, out.end());
    return out;
}

ActivitySlice Activity::total() const
{
    ActivitySlice sum{.number = 0};
    for (const auto& lane : lanes_) {
        const auto lock = lane->settle();
        sum.requests += lane->requests_;
        sum.errors += lane->errors_;
    }
    return sum;
}

}  // namespace sluice
