#include "core/ids.hpp"

#include "core/digest.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <thread>
#include <vector>

namespace sluice {
namespace {

using namespace std::literals;

TEST(RequestId, is_a_uuid_of_version_7_and_carries_the_time)
{
    using namespace std::chrono;
    const auto now = [] {
        return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
    };
    const auto before = now();
    const auto id = new_request_id();
    const auto after = now();
    ASSERT_EQ(id.size(), 36);
    for (const auto at : {8uz, 13uz, 18uz, 23uz}) EXPECT_EQ(id[at], '-');
    EXPECT_EQ(id[14], '7');
    EXPECT_NE("89ab"sv.find(id[19]), std::string_view::npos);
    EXPECT_TRUE(sane_request_id(id));
    const auto made = std::stoll(id.substr(0, 8) + id.substr(9, 4), nullptr, 16);
    EXPECT_GE(made, before);
    EXPECT_LE(made, after);
}

TEST(RequestId, never_comes_twice_on_any_thread)
{
    constexpr std::size_t each = 2000;
    std::vector<std::vector<std::string>> ids(4);
    {
        std::vector<std::jthread> threads;
        for (auto& mine : ids)
            threads.emplace_back([&mine] {
                for (std::size_t i = 0; i < each; ++i) mine.push_back(new_request_id());
            });
    }
    std::set<std::string> all;
    for (const auto& mine : ids) all.insert(mine.begin(), mine.end());
    EXPECT_EQ(all.size(), ids.size() * each);
}

TEST(RequestId, of_a_caller_is_kept_only_if_sane)
{
    for (const auto& id : {"a"s, "req_01:A.b-C"s, std::string(128, 'x')})
        EXPECT_TRUE(sane_request_id(id)) << id;
    for (const auto& id :
         {""s, std::string(129, 'x'), "a b"s, "a\n"s, "a\0"s, "\xC3\xA9"s, "a/b"s, "a\"b"s})
        EXPECT_FALSE(sane_request_id(id)) << id;
}

constexpr auto header = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"sv;

std::string with(std::size_t at, char c)
{
    std::string changed(header);
    changed[at] = c;
    return changed;
}

TEST(Traceparent, is_read_and_written_back)
{
    const auto trace = parse_traceparent(header);
    ASSERT_TRUE(trace);
    EXPECT_EQ(trace->trace_id, "4bf92f3577b34da6a3ce929d0e0e4736");
    EXPECT_EQ(trace->span_id, "00f067aa0ba902b7");
    EXPECT_EQ(trace->flags, "01");
    EXPECT_EQ(format_traceparent(*trace), header);
}

TEST(Traceparent, malformed_counts_as_none)
{
    const std::string malformed[] = {
        "",
        std::string(header.substr(0, 54)),
        std::string(header) + "-",  // version 00 has nothing behind the flags
        std::string(header) + "0",
        with(0, 'f').replace(1, 1, "f"),  // version ff
        with(0, 'x'),
        with(2, '_'),
        with(35, '_'),
        with(52, '_'),
        with(3, 'A'),  // upper case
        with(36, 'g'),
        with(54, ' '),
        std::string(" ") + std::string(header),
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "01" + std::string(header.substr(2)) + "x",
    };
    for (const auto& text : malformed) EXPECT_FALSE(parse_traceparent(text)) << text;
}

TEST(Traceparent, later_versions_are_read_by_their_known_part)
{
    const auto later = "cc" + std::string(header.substr(2));
    EXPECT_TRUE(parse_traceparent(later));
    const auto trace = parse_traceparent(later + "-what-the-future-brings");
    ASSERT_TRUE(trace);
    EXPECT_EQ(format_traceparent(*trace), header);
}

TEST(Traceparent, a_child_is_a_new_span_of_the_same_trace)
{
    const auto parent = *parse_traceparent(header);
    const auto child = child_of(parent), other = child_of(parent);
    EXPECT_EQ(child.trace_id, parent.trace_id);
    EXPECT_NE(child.span_id, parent.span_id);
    EXPECT_NE(child.span_id, other.span_id);
    EXPECT_EQ(child.flags, "01");
    EXPECT_TRUE(parse_traceparent(format_traceparent(child)));
}

TEST(Traceparent, a_child_drops_flags_nobody_knows)
{
    const auto flags = [](const char* digits) {
        return child_of(*parse_traceparent(std::string(header.substr(0, 53)) + digits)).flags;
    };
    EXPECT_EQ(flags("00"), "00");
    EXPECT_EQ(flags("03"), "03");
    EXPECT_EQ(flags("ff"), "03");
    EXPECT_EQ(flags("fd"), "01");
    EXPECT_EQ(flags("0a"), "02");
    EXPECT_EQ(flags("f4"), "00");
}

TEST(Traceparent, a_new_trace_is_valid)
{
    const auto trace = new_trace();
    EXPECT_TRUE(parse_traceparent(format_traceparent(trace)));
    EXPECT_NE(trace.trace_id, new_trace().trace_id);
}

TEST(Traceparent, sampling_is_one_bit_of_its_flags)
{
    TraceContext trace = new_trace();
    trace.flags = "02";
    EXPECT_FALSE(is_sampled(trace));
    set_sampled(trace, true);
    EXPECT_EQ(trace.flags, "03");
    EXPECT_TRUE(is_sampled(trace));
    set_sampled(trace, false);
    EXPECT_EQ(trace.flags, "02");
}

TEST(RandomUnit, spreads_over_zero_to_one)
{
    int low = 0;
    for (int i = 0; i < 2000; ++i) {
        const double value = random_unit();
        ASSERT_GE(value, 0);
        ASSERT_LT(value, 1);
        low += value < 0.5;
    }
    EXPECT_GT(low, 800);
    EXPECT_LT(low, 1200);
}

TEST(ObjectId, is_the_prefix_and_digits_that_differ_each_time)
{
    std::set<std::string> ids;
    for (int i = 0; i < 1000; ++i) ids.insert(new_object_id("resp_"));
    EXPECT_EQ(ids.size(), 1000);
    for (const auto& id : ids) {
        EXPECT_TRUE(id.starts_with("resp_"));
        EXPECT_EQ(id.size(), 5 + 48);
        EXPECT_EQ(id.find_first_not_of("0123456789abcdef", 5), std::string::npos);
    }
}

TEST(Digest, is_sha256)
{
    EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(
        sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
    EXPECT_EQ(sha256("abc")[0], 0xBA);
}

TEST(Digest, is_read_from_its_digits)
{
    EXPECT_EQ(digest_of(sha256_hex("abc")), sha256("abc"));
    const auto digits = sha256_hex("abc");
    EXPECT_THROW(digest_of(digits.substr(1)), std::invalid_argument);
    EXPECT_THROW(digest_of(digits + "0"), std::invalid_argument);
    EXPECT_THROW(digest_of(digits.substr(1) + "x"), std::invalid_argument);
}

TEST(Digest, is_compared_to_its_last_bit)
{
    const auto digest = sha256("secret");
    EXPECT_TRUE(equal_constant_time(digest, sha256("secret")));
    for (std::size_t bit = 0; bit < 8 * digest.size(); ++bit) {
        auto other = digest;
        other[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
        EXPECT_FALSE(equal_constant_time(digest, other)) << bit;
    }
}

}  // namespace
}  // namespace sluice
