#include "telemetry/log.hpp"

#include "telemetry/activity.hpp"

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <fcntl.h>
#include <stdexcept>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

namespace sluice {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;

std::vector<std::string> lines;

class Log : public testing::Test {
protected:
    void SetUp() override
    {
        lines.clear();
        begin("info", "json");
    }
    void TearDown() override
    {
        capture_log(nullptr);
        stop_log();
    }
    static void begin(std::string_view level, std::string_view format)
    {
        start_log(level, format);
        capture_log([](std::string_view line) { lines.emplace_back(line); });
    }
    static boost::json::object last() { return boost::json::parse(lines.back()).as_object(); }
};

std::vector<std::string> keys_of(const boost::json::object& object)
{
    std::vector<std::string> keys;
    for (const auto& [key, value] : object) keys.emplace_back(key);
    return keys;
}

TEST_F(Log, a_line_is_one_json_object)
{
    LogLine(LogLevel::warn, "a \"quoted\"\nmessage")
        .text("name", "x\ty")
        .number("share", 0.7)
        .number("count", 3)
        .flag("on", true)
        .json("list", "[1,2]")
        .write();
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_EQ(lines[0].find('\n'), std::string::npos);
    const auto line = last();
    EXPECT_EQ(line.at("level"), "warn");
    EXPECT_EQ(line.at("msg"), "a \"quoted\"\nmessage");
    EXPECT_EQ(line.at("name"), "x\ty");
    EXPECT_EQ(line.at("share"), 0.7);
    EXPECT_EQ(line.at("count"), 3);
    EXPECT_EQ(line.at("on"), true);
    EXPECT_EQ(line.at("list").as_array().size(), 2u);
    EXPECT_THAT(lines[0], HasSubstr(R"("share":0.7)"));
}

TEST_F(Log, time_is_rfc_3339_in_utc_with_milliseconds)
{
    LogLine(LogLevel::info, "x").write();
    EXPECT_THAT(
        std::string(last().at("ts").as_string()),
        MatchesRegex(
            "20[0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]\\.[0-9]{3}Z"
        )
    );
}

TEST_F(Log, empty_text_is_left_out)
{
    LogLine(LogLevel::info, "x").text("empty", "").write();
    EXPECT_THAT(keys_of(last()), ElementsAre("ts", "level", "msg"));
}

TEST_F(Log, lines_below_the_level_are_not_written)
{
    LogLine(LogLevel::debug, "x").text("a", "b").write();
    EXPECT_THAT(lines, IsEmpty());
    set_log_level("debug");
    LogLine(LogLevel::debug, "x").write();
    EXPECT_EQ(lines.size(), 1u);
    set_log_level("error");
    LogLine(LogLevel::warn, "x").write();
    EXPECT_EQ(lines.size(), 1u);
}

TEST_F(Log, the_readable_form_quotes_what_could_confuse_a_terminal)
{
    begin("info", "text");
    LogLine(LogLevel::info, "hello there")
        .text("path", "/a")
        .text("evil", "\x1b[2J")
        .number("n", 3)
        .write();
    EXPECT_THAT(
        lines.back(), MatchesRegex("[^ ]+Z info hello there path=/a evil=\"\\\\u001b\\[2J\" n=3")
    );
}

TEST_F(Log, what_is_queued_is_on_stderr_after_stop)
{
    capture_log(nullptr);
    testing::internal::CaptureStderr();
    for (int i = 0; i < 100; ++i) LogLine(LogLevel::info, "queued").number("i", i).write();
    stop_log();
    LogLine(LogLevel::info, "after the end").write();
    const auto written = testing::internal::GetCapturedStderr();
    EXPECT_EQ(std::ranges::count(written, '\n'), 101);
    EXPECT_THAT(written, HasSubstr(R"("i":99})"));
    EXPECT_THAT(written, HasSubstr("after the end"));
    EXPECT_EQ(log_lines_dropped(), 0u);
}

/// Standard error goes elsewhere for as long as it is in scope.
class Redirected {
public:
    explicit Redirected(int to) : kept_(dup(STDERR_FILENO)) { dup2(to, STDERR_FILENO); }
    ~Redirected()
    {
        dup2(kept_, STDERR_FILENO);
        close(kept_);
    }
    Redirected(const Redirected&) = delete;
    Redirected& operator=(const Redirected&) = delete;

private:
    int kept_;
};

TEST_F(Log, lines_that_a_full_disk_refuses_are_counted)
{
    capture_log(nullptr);
    const auto before = log_lines_dropped();
    const int full = open("/dev/full", O_WRONLY);
    {
        const Redirected redirected(full);
        for (int i = 0; i < 3; ++i) LogLine(LogLevel::info, "nowhere to go").write();
        stop_log();
    }
    close(full);
    EXPECT_EQ(log_lines_dropped() - before, 3u);
}

TEST_F(Log, a_reader_that_stalls_costs_lines_and_holds_up_nobody)
{
    capture_log(nullptr);
    constexpr std::uint64_t count = 12'000;  // more than the writer keeps
    const auto before = log_lines_dropped();
    std::array<int, 2> ends{};
    ASSERT_EQ(pipe(ends.data()), 0);
    std::uint64_t came = 0;
    std::thread reader;
    {
        const Redirected redirected(ends[1]);
        close(ends[1]);
        const std::string text(1000, 'x');
        for (std::uint64_t i = 0; i < count; ++i) LogLine(LogLevel::info, text).write();
        EXPECT_GT(log_lines_dropped(), before);
        reader = std::thread([&] {
            std::array<char, 65536> bytes;
            for (long n = 0; (n = read(ends[0], bytes.data(), bytes.size())) > 0;)
                came +=
                    static_cast<std::uint64_t>(std::count(bytes.begin(), bytes.begin() + n, '\n'));
        });
        stop_log();
    }
    reader.join();
    close(ends[0]);
    EXPECT_EQ(came + (log_lines_dropped() - before), count) << "each came whole or is counted";
}

std::string attempts_text(const std::vector<AttemptRecord>& attempts)
{
    constexpr std::string_view name = "x-sluice-attempts: ";
    std::string out;
    append_attempts_header(out, attempts);
    EXPECT_TRUE(out.starts_with(name) && out.ends_with("\r\n"));
    return out.substr(name.size(), out.size() - name.size() - 2);
}

AccessRecord answered()
{
    return {
        .request_id = "req-1",
        .tenant = "acme",
        .surface = Surface::connector,
        .method = "POST",
        .path = "/api/v1/auto/chat",
        .provider = "mistral",
        .model = "mistral-small-latest",
        .status = 200,
        .attempts =
            {{.provider = "openai",
              .model = "gpt-6-luna",
              .error = ErrorKind::overloaded,
              .status = 503,
              .took = milliseconds(112)},
             {.provider = "mistral",
              .model = "mistral-small-latest",
              .status = 200,
              .took = milliseconds(410)}},
        .stream = true,
        .ttft = milliseconds(95),
        .duration = milliseconds(522),
        .usage = Usage{.prompt = 25, .completion = 150, .total = 175},
        .cost_usd = 0.00031,
    };
}

/// Counts the lines that come out of a pipe, in order, until its writing end is closed.
class PipeReader {
public:
    PipeReader()
    {
        if (pipe(ends_.data()) != 0) throw std::runtime_error("no pipe");
    }
    int writing_end() const { return ends_[1]; }
    void begin()
    {
        close(ends_[1]);
        thread_ = std::thread([this] {
            std::array<char, 65536> bytes;
            for (long n = 0; (n = read(ends_[0], bytes.data(), bytes.size())) > 0;)
                text_.append(bytes.data(), static_cast<std::size_t>(n));
        });
    }
    std::string text()
    {
        thread_.join();
        close(ends_[0]);
        return std::move(text_);
    }

private:
    std::array<int, 2> ends_{};
    std::thread thread_;
    std::string text_;
};

FinishedRequest numbered(int number)
{
    FinishedRequest request{.finished = Clock::now(), .logged = true};
    request.record.tenant = "acme";
    request.record.status = number;
    return request;
}

TEST_F(Log, a_worker_s_requests_and_other_lines_keep_their_order)
{
    capture_log(nullptr);
    Activity activity;
    auto& lane = activity.add_lane();
    testing::internal::CaptureStderr();
    constexpr int count = 2000;
    {
        const LogOfThread here(lane);
        for (int i = 0; i < count; ++i) {
            if (i % 7 == 0)
                LogLine(LogLevel::info, "other").number("status", i).write();
            else
                lane.finished(std::make_unique<FinishedRequest>(numbered(i)));
        }
    }
    stop_log();
    const auto written = testing::internal::GetCapturedStderr();
    std::size_t at = 0;
    for (int i = 0; i < count && at != written.npos; ++i)
        at = written.find(concat("\"status\":", std::to_string(i), i % 7 == 0 ? "}" : ","), at);
    EXPECT_NE(at, written.npos);
    EXPECT_EQ(std::ranges::count(written, '\n'), count);
}

TEST_F(Log, a_stalled_reader_costs_lines_of_requests_but_counts_all)
{
    capture_log(nullptr);
    constexpr int count = 12'000;  // more than the writer keeps
    const auto before = log_lines_dropped();
    Activity activity;
    auto& lane = activity.add_lane();
    PipeReader reader;
    {
        const Redirected redirected(reader.writing_end());
        for (int i = 0; i < count; ++i) {
            auto request = numbered(i);
            request.record.path = std::string(1000, 'x');
            lane.finished(std::make_unique<FinishedRequest>(std::move(request)));
        }
        EXPECT_EQ(activity.total().requests, std::uint64_t{count});
        EXPECT_GT(log_lines_dropped(), before);
        reader.begin();
        stop_log();
    }
    const auto came = static_cast<std::uint64_t>(std::ranges::count(reader.text(), '\n'));
    EXPECT_EQ(came + (log_lines_dropped() - before), std::uint64_t{count});
}

TEST_F(Log, nothing_is_lost_between_worker_writer_and_reader)
{
    capture_log(nullptr);
    Activity activity;
    auto& lane = activity.add_lane();
    constexpr int count = 20'000;
    testing::internal::CaptureStderr();
    std::thread worker([&] {
        for (int i = 0; i < count; ++i) {
            auto request = lane.blank();
            EXPECT_TRUE(request->record.tenant.empty());
            request->record.tenant = "acme";
            request->logged = true;
            lane.finished(std::move(request));
        }
    });
    for (int i = 0; i < 50; ++i) EXPECT_LE(activity.recent({}).size(), ActivityLane::recent_count);
    worker.join();
    EXPECT_EQ(activity.total().requests, std::uint64_t{count});
    stop_log();
    EXPECT_EQ(std::ranges::count(testing::internal::GetCapturedStderr(), '\n'), count);
}

TEST_F(Log, the_memory_of_a_request_comes_back_empty)
{
    capture_log(nullptr);
    Activity activity;
    auto& lane = activity.add_lane();
    testing::internal::CaptureStderr();
    auto request = lane.blank();
    *request = {.record = answered(), .first_token = Clock::now(), .logged = true, .listed = false};
    request->record.attempts.resize(2);
    const auto* const memory = request.get();
    lane.finished(std::move(request));
    stop_log();  // when that is done it has been written
    request = lane.blank();
    EXPECT_EQ(request.get(), memory);
    EXPECT_TRUE(request->record.tenant.empty());
    EXPECT_TRUE(request->record.attempts.empty());
    EXPECT_FALSE(request->record.usage || request->record.cost_usd || request->first_token);
    EXPECT_FALSE(request->logged);
    EXPECT_TRUE(request->listed);
    EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("mistral-small-latest"));
}

TEST_F(Log, a_request_is_told_of_at_the_level_of_its_end)
{
    Activity activity;
    auto& lane = activity.add_lane();
    lane.finished(std::make_unique<FinishedRequest>(FinishedRequest{.logged = false}));
    EXPECT_THAT(lines, IsEmpty());
}

/// As a worker does when a request has ended.
void finish(AccessRecord record)
{
    Activity activity;
    FinishedRequest request{.record = std::move(record), .finished = Clock::now(), .logged = true};
    activity.add_lane().finished(std::make_unique<FinishedRequest>(std::move(request)));
}

TEST_F(Log, a_request_leaves_one_line_with_all_its_facts)
{
    finish(answered());
    ASSERT_EQ(lines.size(), 1u);
    const auto line = last();
    EXPECT_THAT(
        keys_of(line),
        ElementsAre(
            "ts",
            "level",
            "msg",
            "request_id",
            "tenant",
            "surface",
            "method",
            "path",
            "provider",
            "model",
            "status",
            "outcome",
            "attempts",
            "stream",
            "ttft_ms",
            "duration_ms",
            "tokens_in",
            "tokens_out",
            "estimated",
            "cost_usd"
        )
    );
    EXPECT_EQ(line.at("level"), "info");
    EXPECT_EQ(line.at("surface"), "connector");
    EXPECT_EQ(line.at("outcome"), "ok");
    EXPECT_EQ(line.at("ttft_ms"), 95);
    EXPECT_EQ(line.at("tokens_out"), 150);
    EXPECT_EQ(line.at("estimated"), false);
    EXPECT_EQ(
        line.at("attempts"),
        boost::json::parse(R"([
            {"provider":"openai","model":"gpt-6-luna","outcome":"upstream_overloaded","status":503,"ms":112},
            {"provider":"mistral","model":"mistral-small-latest","outcome":"ok","status":200,"ms":410}])"
        )
    );
}

TEST_F(Log, a_failure_of_ours_or_upstream_is_a_warning)
{
    for (const auto& [status, level] :
         {std::pair{200, "info"}, {429, "info"}, {499, "info"}, {500, "warn"}, {504, "warn"}}) {
        finish({.status = status});
        EXPECT_EQ(last().at("level"), level) << status;
    }
}

TEST_F(Log, what_a_request_did_not_come_to_is_left_out)
{
    finish({.method = "GET", .path = "/x", .status = 404, .error = ErrorKind::not_found});
    EXPECT_THAT(
        keys_of(last()),
        ElementsAre(
            "ts", "level", "msg", "surface", "method", "path", "status", "outcome", "duration_ms"
        )
    );
    EXPECT_EQ(last().at("outcome"), "not_found");
}

TEST(AttemptsHeader, names_target_outcome_status_and_time_of_each)
{
    EXPECT_EQ(
        attempts_text(answered().attempts),
        "openai/gpt-6-luna;outcome=upstream_overloaded;status=503;ms=112, "
        "mistral/mistral-small-latest;outcome=ok;status=200;ms=410"
    );
    EXPECT_EQ(attempts_text({}), "");
}

TEST(AttemptsHeader, leaves_out_a_status_that_never_came)
{
    EXPECT_EQ(
        attempts_text(
            {{.provider = "p",
              .model = "m",
              .error = ErrorKind::connect_timeout,
              .took = milliseconds(5000)}}
        ),
        "p/m;outcome=connect_timeout;ms=5000"
    );
}

TEST(AttemptsHeader, a_made_up_model_cannot_break_the_header)
{
    const AttemptRecord attempt{
        .provider = "p", .model = "a\r\nSet-Cookie: x;\xc3\xa9,b", .status = 404
    };
    EXPECT_EQ(attempts_text({attempt}), "p/a__Set-Cookie:_x____b;outcome=ok;status=404;ms=0");
    EXPECT_LT(attempts_text({{.provider = "p", .model = std::string(5000, 'm')}}).size(), 200u);
}

}  // namespace
}  // namespace sluice
