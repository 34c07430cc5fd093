#include "telemetry/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <thread>
#include <vector>

namespace sluice {
namespace {

using testing::HasSubstr;
using testing::Not;

/// Calls everything once, so that every family has a series.
void touch_all(Metrics& metrics)
{
    auto& target = metrics.target("openai", "gpt-6-luna");
    target.request(Surface::panel, 0, 0.3);
    target.attempt(outcome_index(ErrorKind::overloaded), 0.2);
    target.retry(ErrorKind::overloaded);
    target.fallback(ErrorKind::rate_limited);
    target.first_token(0.2);
    target.per_output_token(0.01);
    target.tokens({.prompt = 10, .completion = 5, .total = 15});
    target.cost({.output = 0.001});
    target.malformed_event();
    target.breaker("closed");
    metrics.request_without_target(
        Surface::connector, outcome_index(ErrorKind::unknown_provider), 0
    );
    metrics.overhead(Surface::panel, 0.0001);
    metrics.rejected("queue_full");
    metrics.in_flight(Surface::panel, 1);
    metrics.open_streams(1);
    metrics.queue_depth(0);
    metrics.pool("p", 3, 1);
    metrics.connections(7);
    metrics.route_targets("auto", 2, 1, 0);
    metrics.store_up("sqlite", true);
    metrics.reload(true);
}

/// "name type label,label" of every family on a page, sorted.
std::set<std::string> names_on(const std::string& page)
{
    std::map<std::string, std::string> types;
    std::map<std::string, std::set<std::string>> labels;
    static const std::regex sample(R"re(([a-z_]+)(?:\{(.*)\})? .*)re"),
        label(R"re(([a-z_]+)="[^"]*")re");
    std::istringstream lines(page);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string hash, keyword, name, type;
        std::smatch match;
        if (line.starts_with("# TYPE ")) {
            words >> hash >> keyword >> name >> type;
            types[name] = type;
        } else if (std::regex_match(line, match, sample)) {
            name = match[1];
            for (const auto* suffix : {"_bucket", "_sum", "_count"})
                if (name.ends_with(suffix) && !types.contains(name))
                    name.resize(name.size() - std::string_view(suffix).size());
            const std::string pairs = match[2];
            for (std::sregex_iterator it(pairs.begin(), pairs.end(), label), end; it != end; ++it)
                if ((*it)[1] != "le") labels[name].insert((*it)[1]);
        }
    }
    std::set<std::string> names;
    for (const auto& [name, type] : types) {
        std::string joined;
        for (const auto& each : labels[name]) joined += (joined.empty() ? "" : ",") + each;
        names.insert(joined.empty() ? name + " " + type : name + " " + type + " " + joined);
    }
    return names;
}

std::set<std::string> lines_of(const std::string& path)
{
    std::set<std::string> lines;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) lines.insert(line);
    return lines;
}

/// The value of one sample, by its whole name with labels.
double value_of(const std::string& page, std::string_view sample)
{
    std::istringstream lines(page);
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with(std::string(sample) + " "))
            return std::stod(line.substr(sample.size()));
    ADD_FAILURE() << "no " << sample;
    return -1;
}

TEST(Metrics, the_page_has_the_names_types_and_labels_that_are_promised)
{
    Metrics metrics;
    touch_all(metrics);
    EXPECT_EQ(
        names_on(metrics.render()), lines_of(SLUICE_SOURCE_DIR "/tests/fixtures/metrics/names.txt")
    );
}

TEST(Metrics, histograms_have_the_bounds_that_are_promised)
{
    Metrics metrics;
    touch_all(metrics);
    const auto page = metrics.render();
    const std::pair<std::string, std::vector<std::string>> histograms[] = {
        {"sluice_request_duration_seconds",
         {"0.01",
          "0.02",
          "0.04",
          "0.08",
          "0.16",
          "0.32",
          "0.64",
          "1.28",
          "2.56",
          "5.12",
          "10.24",
          "20.48",
          "40.96",
          "81.92",
          "163.84",
          "327.68",
          "655.36",
          "+Inf"}},
        {"sluice_attempt_duration_seconds",
         {"0.01",
          "0.02",
          "0.04",
          "0.08",
          "0.16",
          "0.32",
          "0.64",
          "1.28",
          "2.56",
          "5.12",
          "10.24",
          "20.48",
          "40.96",
          "81.92",
          "163.84",
          "327.68",
          "655.36",
          "+Inf"}},
        {"sluice_time_to_first_token_seconds",
         {"0.001", "0.005", "0.01", "0.02", "0.04", "0.06", "0.08", "0.1",
          "0.25",  "0.5",   "0.75", "1",    "2.5",  "5",    "7.5",  "10",
          "15",    "20",    "30",   "45",   "60",   "120",  "+Inf"}},
        {"sluice_time_per_output_token_seconds",
         {"0.001",
          "0.0025",
          "0.005",
          "0.01",
          "0.025",
          "0.05",
          "0.075",
          "0.1",
          "0.15",
          "0.2",
          "0.3",
          "0.4",
          "0.5",
          "0.75",
          "1",
          "2.5",
          "+Inf"}},
        {"sluice_overhead_seconds",
         {"5e-05",
          "0.0001",
          "0.00025",
          "0.0005",
          "0.001",
          "0.0025",
          "0.005",
          "0.01",
          "0.025",
          "0.05",
          "0.1",
          "+Inf"}},
    };
    for (const auto& [name, expected] : histograms) {
        std::vector<std::string> bounds;
        const std::regex bound(name + R"re(_bucket\{.*le="([^"]+)"\})re");
        for (std::sregex_iterator it(page.begin(), page.end(), bound), end; it != end; ++it) {
            if (bounds.size() == expected.size()) break;  // the next series of the same bounds
            bounds.push_back((*it)[1]);
        }
        EXPECT_EQ(bounds, expected) << name;
    }
}

TEST(Metrics, promtool_has_nothing_to_say_about_the_page)
{
    if (std::system("command -v promtool >/dev/null") != 0)
        GTEST_SKIP() << "promtool is not installed: the page went UNCHECKED";
    Metrics metrics;
    touch_all(metrics);
    auto* promtool = popen("promtool check metrics 2>&1", "w");
    const auto page = metrics.render();
    std::fwrite(page.data(), 1, page.size(), promtool);
    EXPECT_EQ(pclose(promtool), 0);
}

TEST(Metrics, counts_by_surface_target_and_outcome)
{
    Metrics metrics;
    auto& target = metrics.target("openai", "gpt-6-luna");
    for (int i = 0; i < 3; ++i) target.request(Surface::connector, 0, 1.0);
    target.request(Surface::connector, outcome_index(ErrorKind::first_token_timeout), 60);
    target.attempt(outcome_index(ErrorKind::overloaded), 0.5);
    metrics.request_without_target(Surface::openai, outcome_index(ErrorKind::unauthorized), 0.001);
    const auto page = metrics.render();
    const auto sample = [&](std::string_view text) { return value_of(page, text); };
    EXPECT_EQ(
        sample(
            R"(sluice_requests_total{model="gpt-6-luna",outcome="ok",provider="openai",surface="connector"})"
        ),
        3
    );
    EXPECT_EQ(
        sample(
            R"(sluice_requests_total{model="gpt-6-luna",outcome="first_token_timeout",provider="openai",surface="connector"})"
        ),
        1
    );
    EXPECT_EQ(
        sample(
            R"(sluice_request_duration_seconds_sum{model="gpt-6-luna",outcome="ok",provider="openai",surface="connector"})"
        ),
        3
    );
    EXPECT_EQ(
        sample(
            R"(sluice_attempts_total{model="gpt-6-luna",outcome="upstream_overloaded",provider="openai"})"
        ),
        1
    );
    EXPECT_EQ(
        sample(
            R"(sluice_requests_total{model="none",outcome="unauthorized",provider="none",surface="openai"})"
        ),
        1
    );
}

TEST(Metrics, each_token_is_of_one_kind)
{
    Metrics metrics;
    auto& target = metrics.target("p", "m");
    target.tokens(
        {.prompt = 100,
         .completion = 50,
         .total = 150,
         .cached = 60,
         .cache_write = 10,
         .reasoning = 20}
    );
    target.tokens({.prompt = 0, .completion = 5, .total = 30, .reasoning = 25}
    );  // reasoning beside completion
    const auto page = metrics.render();
    const std::pair<const char*, double> kinds[] = {
        {"input", 30}, {"cache_read", 60}, {"cache_write", 10}, {"output", 30}, {"reasoning", 45}
    };
    for (const auto& [kind, count] : kinds)
        EXPECT_EQ(
            value_of(
                page,
                std::string(R"(sluice_tokens_total{kind=")") + kind + R"(",model="m",provider="p"})"
            ),
            count
        ) << kind;
}

TEST(Metrics, the_breaker_is_1_on_its_present_state_only)
{
    Metrics metrics;
    auto& target = metrics.target("p", "m");
    target.breaker("closed");
    target.breaker("open");
    const auto page = metrics.render();
    EXPECT_EQ(value_of(page, R"(sluice_breaker_state{model="m",provider="p",state="open"})"), 1);
    EXPECT_EQ(value_of(page, R"(sluice_breaker_state{model="m",provider="p",state="closed"})"), 0);
    EXPECT_EQ(
        value_of(page, R"(sluice_breaker_state{model="m",provider="p",state="half_open"})"), 0
    );
}

TEST(Metrics, what_may_be_zero_is_shown_at_zero_from_the_start)
{
    const auto page = Metrics().render();
    EXPECT_EQ(value_of(page, "sluice_queue_depth"), 0);
    EXPECT_EQ(value_of(page, "sluice_open_streams"), 0);
    EXPECT_EQ(value_of(page, "sluice_series_dropped_total"), 0);
    EXPECT_EQ(value_of(page, "sluice_log_dropped_total"), 0);
    EXPECT_EQ(value_of(page, R"(sluice_in_flight_requests{surface="panel"})"), 0);
}

TEST(Metrics, a_failed_reload_keeps_the_time_of_the_last_good_one)
{
    Metrics metrics;
    metrics.reload(true);
    const auto good =
        value_of(metrics.render(), "sluice_config_last_reload_success_timestamp_seconds");
    EXPECT_GT(good, 1.7e9);
    metrics.reload(false);
    const auto page = metrics.render();
    EXPECT_EQ(value_of(page, "sluice_config_last_reload_successful"), 0);
    EXPECT_EQ(value_of(page, "sluice_config_last_reload_success_timestamp_seconds"), good);
}

TEST(Metrics, scrapes_ask_for_gauges_that_are_read)
{
    Metrics metrics;
    int scrapes = 0;
    metrics.on_scrape([&](Metrics& all) { all.connections(41 + ++scrapes); });
    EXPECT_EQ(value_of(metrics.render(), "sluice_connections"), 42);
    metrics.on_scrape({});
    EXPECT_EQ(value_of(metrics.render(), "sluice_connections"), 42);
    EXPECT_EQ(scrapes, 1);
}

TEST(Metrics, the_process_tells_its_own_figures)
{
    const auto page = Metrics().render();
    for (const auto* name :
         {"process_cpu_seconds_total",
          "process_resident_memory_bytes",
          "process_virtual_memory_bytes",
          "process_open_fds",
          "process_max_fds"})
        EXPECT_GT(value_of(page, name), 0) << name;
    const auto now = static_cast<double>(std::time(nullptr));
    EXPECT_NEAR(value_of(page, "process_start_time_seconds"), now, 300);
}

TEST(Metrics, the_same_target_has_the_same_series)
{
    Metrics metrics;
    EXPECT_EQ(&metrics.target("p", "m"), &metrics.target("p", "m"));
    EXPECT_NE(&metrics.target("p", "m"), &metrics.target("p", "n"));
}

TEST(Metrics, targets_past_the_cap_share_the_model_other_and_are_counted)
{
    Metrics metrics;
    for (int i = 0; i < 500; ++i) metrics.target("p", "m" + std::to_string(i));
    auto& other = metrics.target("p", "one too many");
    EXPECT_EQ(&other, &metrics.target("p", "and another"));
    EXPECT_EQ(&metrics.target("p", "m7"), &metrics.target("p", "m7"));
    other.cost({.input = 1});
    const auto page = metrics.render();
    EXPECT_EQ(
        value_of(page, R"(sluice_cost_usd_total{kind="input",model="other",provider="p"})"), 1
    );
    EXPECT_EQ(value_of(page, "sluice_series_dropped_total"), 2);
}

TEST(Metrics, a_full_family_shows_no_more_series_and_counts_what_it_dropped)
{
    Metrics metrics;
    for (int i = 0; i < 2010; ++i) metrics.rejected("reason " + std::to_string(i));
    const auto page = metrics.render();
    EXPECT_THAT(page, HasSubstr(R"(sluice_rejected_total{reason="reason 1999"} 1)"));
    EXPECT_THAT(page, Not(HasSubstr(R"(reason="reason 2000")")));
    EXPECT_EQ(value_of(page, "sluice_series_dropped_total"), 10);
}

TEST(Metrics, several_threads_may_count_and_scrape_at_once)
{
    Metrics metrics;
    auto& target = metrics.target("p", "m");
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 3; ++i)
            threads.emplace_back([&] {
                for (int j = 0; j < 1000; ++j)
                    target.request(Surface::panel, j % outcome_count, 0.1);
            });
        for (int i = 0; i < 5; ++i) metrics.render();
    }
    EXPECT_EQ(
        value_of(
            metrics.render(),
            R"(sluice_requests_total{model="m",outcome="ok",provider="p",surface="panel"})"
        ),
        3 * ((1000 + outcome_count - 1) / outcome_count)
    );
}

TEST(Outcome, is_ok_or_the_code_of_the_error)
{
    EXPECT_EQ(outcome_name(outcome_index(std::nullopt)), "ok");
    for (int i = 0; i < error_kind_count; ++i) {
        const auto kind = static_cast<ErrorKind>(i);
        EXPECT_EQ(outcome_name(outcome_index(kind)), code_of(kind));
    }
}

}  // namespace
}  // namespace sluice
