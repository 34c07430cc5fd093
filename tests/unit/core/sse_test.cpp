#include "core/sse.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>
#include <gtest/gtest.h>

#include <fstream>
#include <random>
#include <sstream>
#include <vector>

namespace sluice {
namespace {

struct Event {
    std::string type, data, id;
    bool operator==(const Event&) const = default;
};

void PrintTo(const Event& event, std::ostream* out)
{
    *out << event.type << '|' << event.data << '|' << event.id;
}

Event copy(const SseEvent& event)
{
    return {std::string(event.type), std::string(event.data), std::string(event.id)};
}

std::vector<Event> drain(SseParser& parser)
{
    std::vector<Event> events;
    while (true) {
        const auto event = parser.next();
        if (!event) {
            ADD_FAILURE() << event.error().message;
            return events;
        }
        if (!*event) return events;
        events.push_back(copy(**event));
    }
}

/// The events of a stream that arrives in these pieces.
std::vector<Event> parse(const std::vector<std::string>& pieces)
{
    SseParser parser;
    std::vector<Event> events;
    for (const auto& piece : pieces) {
        parser.feed(piece);
        std::ranges::move(drain(parser), std::back_inserter(events));
    }
    return events;
}

std::vector<std::string> bytes_of(std::string_view text)
{
    std::vector<std::string> bytes;
    for (const char c : text) bytes.emplace_back(1, c);
    return bytes;
}

std::string read(const std::string& name)
{
    std::ifstream file(SLUICE_SOURCE_DIR "/tests/fixtures/sse/" + name, std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

class SseTorture : public testing::Test {
protected:
    const std::string stream = read("torture.sse");
    std::vector<Event> expected;

    void SetUp() override
    {
        const auto events = boost::json::parse(read("torture.expected.json"));
        for (const auto& event : events.as_array()) {
            const auto text = [&](const char* key) {
                return boost::json::value_to<std::string>(event.at(key));
            };
            expected.push_back({text("event"), text("data"), text("id")});
        }
        ASSERT_FALSE(expected.empty());
    }
};

TEST_F(SseTorture, whole)
{
    EXPECT_EQ(parse({stream}), expected);
}

TEST_F(SseTorture, byte_by_byte)
{
    EXPECT_EQ(parse(bytes_of(stream)), expected);
}

TEST_F(SseTorture, cut_in_two_anywhere)
{
    for (std::size_t cut = 0; cut <= stream.size(); ++cut)
        EXPECT_EQ(parse({stream.substr(0, cut), stream.substr(cut)}), expected) << cut;
}

TEST_F(SseTorture, random_cuts)
{
    std::mt19937 random(1);
    for (int round = 0; round < 500; ++round) {
        std::vector<std::string> pieces;
        for (std::size_t from = 0; from < stream.size(); from += pieces.back().size())
            pieces.push_back(stream.substr(from, random() % 30));
        EXPECT_EQ(parse(pieces), expected) << round;
    }
}

TEST(Sse, a_line_ends_wherever_it_does)
{
    for (const char c : {'\r', '\n', '\t', '\x0c', '\x8d', 'a'}) {
        for (std::size_t size = 1; size < 150; ++size) {
            for (std::size_t at = 0; at < size; ++at) {
                std::string text(size, '\xff');
                text[at] = c;
                const bool ends = c == '\r' || c == '\n';
                ASSERT_EQ(find_line_end(text, 0), ends ? at : size) << int{c} << " at " << at;
                ASSERT_EQ(find_line_end(text, at), ends ? at : size) << int{c} << " at " << at;
                ASSERT_EQ(find_line_end(text, at + 1), size) << int{c} << " at " << at;
            }
        }
    }
    EXPECT_EQ(find_line_end("", 0), 0u);
}

TEST(Sse, last_event_id_stays_until_another)
{
    EXPECT_EQ(
        parse({"id: 1\ndata: a\n\ndata: b\n\nid\ndata: c\n\n"}),
        (std::vector<Event>{{"message", "a", "1"}, {"message", "b", "1"}, {"message", "c", ""}})
    );
}

TEST(Sse, id_with_nul_is_ignored)
{
    EXPECT_EQ(
        parse({"id: 1\n", std::string("id: 2\0\n", 7), "data: a\n\n"}),
        (std::vector<Event>{{"message", "a", "1"}})
    );
}

TEST(Sse, type_does_not_outlive_an_event_without_data)
{
    EXPECT_EQ(parse({"event: lost\n\ndata: a\n\n"}), (std::vector<Event>{{"message", "a", ""}}));
}

TEST(Sse, field_names_are_case_sensitive_and_exact)
{
    EXPECT_EQ(parse({"Data: a\ndatax: b\n data: c\ndata : d\n\n"}), std::vector<Event>{});
}

TEST(Sse, bom_is_dropped_once_and_only_at_the_start)
{
    EXPECT_EQ(
        parse(
            {"\xEF",
             "\xBB",
             "\xBF"
             "data: a\n\n"}
        ),
        (std::vector<Event>{{"message", "a", ""}})
    );
    EXPECT_EQ(
        parse({"\xEF\xBB\xBF\xEF\xBB\xBF"
               "data: a\n\n"}),
        std::vector<Event>{}
    );
    EXPECT_EQ(
        parse({"\xEF", "data: a\n\ndata: b\n\n"}), (std::vector<Event>{{"message", "b", ""}})
    );
    EXPECT_EQ(
        parse({"data: \xEF\xBB\xBF\n\n"}), (std::vector<Event>{{"message", "\xEF\xBB\xBF", ""}})
    );
}

TEST(Sse, crlf_cut_between_its_bytes_is_one_line_end)
{
    EXPECT_EQ(
        parse({"data: a\r", "\ndata: b\r", "\n\r", "\ndata: c\n\n"}),
        (std::vector<Event>{{"message", "a\nb", ""}, {"message", "c", ""}})
    );
}

TEST(Sse, an_event_ending_in_cr_comes_before_the_lf)
{
    SseParser parser;
    parser.feed("data: a\r\r");
    EXPECT_EQ(drain(parser), (std::vector<Event>{{"message", "a", ""}}));
}

TEST(Sse, data_of_one_line_is_not_copied_out_of_the_buffer)
{
    const auto stream = "data: " + std::string(1000, 'x') + "\n\n";
    SseParser parser;
    parser.feed(stream + stream);
    const auto first = parser.next().value()->data;
    const auto* begin = first.data();
    EXPECT_EQ(parser.next().value()->data.data(), begin + stream.size());
}

TEST(Sse, comments_and_events_are_signs_of_life)
{
    SseParser parser;
    EXPECT_FALSE(parser.saw_comment());
    parser.feed(": ping\n");
    EXPECT_TRUE(drain(parser).empty());
    EXPECT_TRUE(parser.saw_comment());
    EXPECT_FALSE(parser.saw_comment());
    parser.feed("data: a\n");
    EXPECT_TRUE(drain(parser).empty());
    EXPECT_FALSE(parser.saw_comment());
    parser.feed("\n");
    drain(parser);
    EXPECT_TRUE(parser.saw_comment());
}

TEST(Sse, what_follows_the_last_blank_line_comes_with_finish)
{
    const auto finish = [](std::string_view stream) {
        SseParser parser;
        parser.feed(stream);
        drain(parser);
        const auto event = parser.finish();
        return event ? std::optional(copy(*event)) : std::nullopt;
    };
    EXPECT_EQ(finish("data: a\n\ndata: [DONE]"), (Event{"message", "[DONE]", ""}));
    EXPECT_EQ(finish("event: x\r\ndata: a\r\ndata: b\r\n"), (Event{"x", "a\nb", ""}));
    EXPECT_EQ(finish("data: a\n\n"), std::nullopt);
    EXPECT_EQ(finish("data: a\n\nevent: x"), std::nullopt);
    EXPECT_EQ(finish("data: a\r\r"), std::nullopt);
    EXPECT_EQ(finish(""), std::nullopt);
    EXPECT_EQ(finish("\xEF\xBB"), std::nullopt);
}

TEST(Sse, too_large_an_event_is_a_bad_response_however_it_is_cut)
{
    const std::string fits = "data: 0123456789\n\n";
    for (const auto& stream :
         {fits + "data: " + std::string(11, 'x') + "\n\n",  // one line
          fits + "data: 01234567\ndata: 01234567\n\n",      // many lines
          fits + "nonsense without an end" + std::string(9, 'x')})
        for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
            SseParser parser(16);
            std::size_t events = 0;
            std::optional<ErrorKind> error;
            for (const auto& piece : {stream.substr(0, cut), stream.substr(cut)}) {
                parser.feed(piece);
                while (true) {
                    const auto event = parser.next();
                    if (!event) error = event.error().kind;
                    if (!event || !*event) break;
                    ++events;
                }
            }
            EXPECT_EQ(events, 1) << cut;
            EXPECT_EQ(error, ErrorKind::bad_response) << cut;
            EXPECT_FALSE(parser.next());
            EXPECT_FALSE(parser.finish());
        }
}

TEST(Sse, written_events_read_back)
{
    for (const auto data : {"", "a", "a\nb", "\n", "a\n\n", " leading space", ": colon"}) {
        std::string stream;
        append_event(stream, data);
        append_event(stream, "named", data);
        EXPECT_EQ(parse({stream}), (std::vector<Event>{{"message", data, ""}, {"named", data, ""}}))
            << stream;
    }
}

TEST(Sse, written_events_have_the_contracts_bytes)
{
    std::string out;
    append_event(out, R"({"delta":"text"})");
    append_event(out, "usage", "{}");
    append_event(out, "a\r\nb\rc\nd");
    EXPECT_EQ(
        out,
        "data: {\"delta\":\"text\"}\n\n"
        "event: usage\ndata: {}\n\n"
        "data: a\ndata: b\ndata: c\ndata: d\n\n"
    );
}

}  // namespace
}  // namespace sluice
