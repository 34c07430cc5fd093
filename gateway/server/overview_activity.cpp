#include "server/overview_activity.hpp"

#include "api/json_array.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

namespace sluice {

namespace {

using Slices = std::vector<ActivitySlice>;

struct Share {
    std::string_view name;
    double value;
};
constexpr Share shares[] = {{"p50", 0.5}, {"p95", 0.95}, {"p99", 0.99}};

std::int64_t whole(std::uint64_t count)
{
    return static_cast<std::int64_t>(count);
}

void append_optional(std::string& text, const std::optional<double>& value)
{
    if (value)
        json::append_number(text, std::round(*value * 1000) / 1000);
    else
        text += "null";
}

void add_quantiles(
    json::ObjectWriter& out, std::string_view key, const DurationHistogram& histogram
)
{
    auto& text = out.key(key);
    json::ObjectWriter quantiles(text);
    for (const auto& share : shares)
        append_optional(quantiles.key(share.name), histogram.quantile(share.value));
    quantiles.close();
}

/// For each slice what it and the four before it recorded: two seconds alone would say little of a
/// 99th percentile.
std::vector<DurationHistogram> smoothed(
    const Slices& slices, DurationHistogram ActivitySlice::* histogram
)
{
    constexpr std::size_t reach = 5;
    std::vector<DurationHistogram> out(slices.size());
    for (std::size_t i = 0; i < slices.size(); ++i)
        for (auto j = i; j < std::min(i + reach, slices.size()); ++j)
            out[j].add(slices[i].*histogram);
    return out;
}

void add_quantile_columns(
    json::ObjectWriter& out, std::string_view key, const std::vector<DurationHistogram>& histograms
)
{
    auto& text = out.key(key);
    json::ObjectWriter columns(text);
    for (const auto& share : shares)
        append_array(columns.key(share.name), histograms, [&](const DurationHistogram& histogram) {
            append_optional(text, histogram.quantile(share.value));
        });
    columns.close();
}

void add_count_column(
    json::ObjectWriter& out,
    std::string_view key,
    const Slices& slices,
    std::uint64_t ActivitySlice::* count
)
{
    auto& text = out.key(key);
    append_array(text, slices, [&](const ActivitySlice& slice) {
        json::append_number(text, whole(slice.*count));
    });
}

void append_timeline(std::string& text, const Slices& slices, const Calendar& calendar)
{
    constexpr milliseconds step = ActivityLane::slice_length;
    const auto begin = slices.empty() ? calendar.now : TimePoint(step * slices.front().number);
    json::ObjectWriter out(text);
    out.field("begin", calendar.date(begin)).field("step_ms", std::int64_t{step.count()});
    add_count_column(out, "requests", slices, &ActivitySlice::requests);
    add_count_column(out, "errors", slices, &ActivitySlice::errors);
    add_quantile_columns(out, "duration_ms", smoothed(slices, &ActivitySlice::duration));
    add_quantile_columns(out, "first_token_ms", smoothed(slices, &ActivitySlice::first_token));
    out.close();
}

void append_window(std::string& text, const Slices& slices)
{
    constexpr milliseconds step = ActivityLane::slice_length;
    ActivitySlice sum;
    for (const auto& slice : slices) sum.add(slice);
    json::ObjectWriter out(text);
    out.field("ms", step.count() * static_cast<std::int64_t>(slices.size()))
        .field("requests", whole(sum.requests))
        .field("errors", whole(sum.errors));
    add_quantiles(out, "duration_ms", sum.duration);
    add_quantiles(out, "first_token_ms", sum.first_token);
    out.close();
}

void append_usage(std::string& text, const ModelName& name, const ModelUsage& usage)
{
    json::ObjectWriter out(text);
    out.field("provider", name.provider)
        .field("model", name.model)
        .field("requests", whole(usage.requests))
        .field("errors", whole(usage.errors))
        .field("tokens_in", usage.tokens_in)
        .field("tokens_out", usage.tokens_out);
    if (usage.cost_usd)
        out.field("cost_usd", *usage.cost_usd);
    else
        out.null("cost_usd");
    out.close();
}

void append_attempt(std::string& text, const AttemptRecord& attempt, TimePoint arrived)
{
    json::ObjectWriter out(text);
    out.field("provider", attempt.provider)
        .field("model", attempt.model)
        .field("outcome", outcome_name(outcome_index(attempt.error)))
        .field("status", attempt.status)
        .field("begin_ms", to_ms(attempt.started - arrived))
        .field("ms", to_ms(attempt.answered - attempt.started));
    out.close();
}

void append_request(std::string& text, const FinishedRequest& request, const Calendar& calendar)
{
    const auto& record = request.record;
    json::ObjectWriter out(text);
    out.field("id", record.request_id)
        .field("at", calendar.date(request.arrived))
        .field("tenant", record.tenant)
        .field("surface", to_string(record.surface))
        .field("path", record.path)
        .field("provider", record.provider)
        .field("model", record.model)
        .field("status", record.status)
        .field("outcome", outcome_name(outcome_index(record.error)))
        .field("stream", record.stream)
        .field("duration_ms", to_ms(request.finished - request.arrived));
    if (request.first_token)
        out.field("first_token_ms", to_ms(*request.first_token - request.arrived));
    if (record.usage)
        out.field("tokens_in", record.usage->prompt)
            .field("tokens_out", record.usage->completion)
            .field("estimated", record.usage->estimated);
    if (record.cost_usd) out.field("cost_usd", record.cost_usd->value);
    append_array(out.key("attempts"), record.attempts, [&](const AttemptRecord& attempt) {
        append_attempt(text, attempt, request.arrived);
    });
    out.close();
}

}  // namespace

double to_ms(Clock::duration span)
{
    const auto us = std::chrono::duration_cast<std::chrono::microseconds>(span).count();
    return static_cast<double>(us) / 1000;
}

void add_activity(
    json::ObjectWriter& out,
    std::string& text,
    const Activity& activity,
    TenantFilter tenant,
    const Calendar& calendar
)
{
    const auto total = activity.total();
    out.field("requests", whole(total.requests)).field("errors", whole(total.errors));
    const auto slices = activity.slices(calendar.now);
    append_timeline(out.key("timeline"), slices, calendar);
    append_window(out.key("window"), slices);
    append_array(out.key("usage"), activity.usage(tenant), [&](const auto& row) {
        append_usage(text, row.first, row.second);
    });
    append_array(out.key("recent"), activity.recent(tenant), [&](const FinishedRequest& request) {
        append_request(text, request, calendar);
    });
}

}  // namespace sluice
