#include "export/collector_answer.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

using namespace std::chrono_literals;
using Verdict = CollectorAnswer::Verdict;

CollectorAnswer answer(int status, std::string body = "", Headers headers = {})
{
    return read_collector_answer(
        {.status = status, .headers = std::move(headers), .body = std::move(body)}
    );
}

TEST(CollectorAnswer, is_taken_later_or_refused_by_its_status)
{
    for (const int status : {200, 202}) EXPECT_EQ(answer(status).verdict, Verdict::taken) << status;
    for (const int status : {429, 502, 503, 504})
        EXPECT_EQ(answer(status).verdict, Verdict::later) << status;
    for (const int status : {301, 400, 401, 403, 404, 413, 500, 501})
        EXPECT_EQ(answer(status).verdict, Verdict::refused) << status;
}

TEST(CollectorAnswer, may_say_how_long_to_wait)
{
    EXPECT_EQ(answer(503, "", {{"Retry-After", "7"}}).retry_after, 7s);
    EXPECT_EQ(answer(429, "", {{"retry-after", "0"}}).retry_after, 0s);
    EXPECT_FALSE(answer(503).retry_after);
    EXPECT_FALSE(answer(503, "", {{"retry-after", "-1"}}).retry_after);
    EXPECT_FALSE(answer(503, "", {{"retry-after", "Fri, 21 Nov"}}).retry_after);
    EXPECT_EQ(answer(503, "", {{"retry-after", "99999999999"}}).retry_after, 24h);
}

TEST(CollectorAnswer, may_have_rejected_some)
{
    EXPECT_EQ(answer(200, R"({"partialSuccess":{"rejectedSpans":"3"}})").rejected, 3u);
    EXPECT_EQ(answer(200, R"({"partialSuccess":{"rejectedSpans":3}})").rejected, 3u);
    for (const auto* body :
         {"",
          "{}",
          "<html>",
          "[]",
          R"({"partialSuccess":{}})",
          R"({"partialSuccess":{"errorMessage":"only a warning"}})",
          R"({"partialSuccess":{"rejectedSpans":"-1"}})",
          R"({"partialSuccess":{"rejectedSpans":"many"}})",
          R"({"partialSuccess":null})"})
        EXPECT_EQ(answer(200, body).rejected, 0u) << body;
}

}  // namespace
}  // namespace sluice
