#include "core/json.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace sluice::json {
namespace {

using namespace std::literals;

bool accepts(std::string_view text)
{
    Cursor at(text);
    at.skip();
    return at.finish();
}

std::string nested(std::size_t depth)
{
    return std::string(depth, '[') + std::string(depth, ']');
}

std::string rejection(std::string_view text)
{
    Cursor at(text);
    at.skip();
    return at.finish() ? "" : at.error().message;
}

TEST(JsonCursor, accepts_what_the_grammar_allows)
{
    for (const auto text :
         {R"({})",
          R"([])",
          R"("")",
          "0",
          "-0",
          "1.5",
          "-12.5e+10",
          "1E-2",
          "123456789012345678901234567890",
          "true",
          "false",
          "null",
          " \t\r\n{ \"a\" : [ 1 , { } ] } \n",
          R"({"a":1,"a":2})",
          R"("\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00\u0000")",
          "\"caf\xC3\xA9 \xF0\x9F\x98\x80\"",
          "\"\x7F\"",
          "[[],[[]],{}]",
          R"([{"a":[]},{"b":{"c":[null]}}])"})
        EXPECT_TRUE(accepts(text)) << text;
}

TEST(JsonCursor, refuses_what_it_does_not)
{
    for (const auto text :
         {"",
          " ",
          "{",
          "[",
          "}",
          "]",
          "\"",
          "tru",
          "truex",
          "nul",
          "True",
          "NaN",
          "Infinity",
          "undefined",
          "01",
          "-",
          "+1",
          "1.",
          ".5",
          "1e",
          "1e+",
          "- 1",
          "0x10",
          "1 2",
          "[1,]",
          "[,1]",
          "[1 2]",
          "[1}",
          "{\"a\"}",
          "{\"a\":}",
          "{\"a\":1,}",
          "{,}",
          "{\"a\" 1}",
          "{a:1}",
          "{'a':1}",
          "{\"a\":1 \"b\":2}",
          "{\"a\":1]",
          "[1]]",
          "{} {}",
          "/**/1",
          "[1]//",
          "\"\\x\"",
          "\"\\",
          "\"\\u12\"",
          "\"\\u12G4\"",
          "\xEF\xBB\xBF{}",
          "{1:2}",
          "[\"a\":1]"})
        EXPECT_FALSE(accepts(text)) << text;
    EXPECT_FALSE(accepts("[1]\0"sv));
    EXPECT_FALSE(accepts("\0"sv));
}

TEST(JsonCursor, refuses_control_characters_in_strings)
{
    for (char c = 0; c < ' '; ++c)
        for (const std::size_t before : {0uz, 1uz, 16uz, 20uz})
            EXPECT_FALSE(accepts('"' + std::string(before, 'x') + c + std::string(16, 'y') + '"'))
                << int{c};
}

TEST(JsonCursor, refuses_lone_surrogate_escapes)
{
    for (const auto text :
         {R"("\uD800")",
          R"("\uDC00")",
          R"("\uD800x")",
          R"("\uD800\n")",
          R"("\uD800\uD800")",
          R"("\uDC00\uD800")"})
        EXPECT_FALSE(accepts(text)) << text;
    EXPECT_TRUE(accepts(R"("\uD800\uDC00\uDBFF\uDFFF")"));
}

TEST(JsonCursor, refuses_broken_utf8_wherever_it_stands)
{
    const std::string_view broken[] = {
        "\x80",  // a continuation without a lead
        "\xC3",  // cut short
        "\xC3(",
        "\xC0\x80",  // overlong
        "\xC1\xBF",
        "\xE0\x80\x80",
        "\xE2\x82",
        "\xED\xA0\x80",  // a surrogate
        "\xF0\x80\x80\x80",
        "\xF0\x9F\x98",
        "\xF4\x90\x80\x80",  // past U+10FFFF
        "\xF5\x80\x80\x80",
        "\xFF",
    };
    for (const auto bytes : broken)
        for (std::size_t before = 0; before < 40; ++before)
            for (const std::size_t behind : {0uz, 1uz, 15uz, 16uz, 40uz}) {
                const auto text = '"' + std::string(before, 'x') + std::string(bytes) +
                                  std::string(behind, 'y') + '"';
                EXPECT_FALSE(accepts(text)) << before << ' ' << behind;
            }
    for (const auto good :
         {"\xC2\x80",
          "\xDF\xBF",
          "\xE0\xA0\x80",
          "\xED\x9F\xBF",
          "\xEE\x80\x80",
          "\xF0\x90\x80\x80",
          "\xF4\x8F\xBF\xBF"})
        for (std::size_t before = 0; before < 20; ++before)
            EXPECT_TRUE(accepts('"' + std::string(before, 'x') + good + '"')) << before;
}

TEST(JsonCursor, finds_the_closing_quote_at_every_offset)
{
    for (std::size_t length = 0; length < 70; ++length) {
        const auto text = '"' + std::string(length, 'x') + "\",";
        Cursor at(text);
        EXPECT_EQ(at.raw_string().size(), length + 2);
    }
}

TEST(JsonCursor, passes_escapes_and_other_characters_at_every_offset)
{
    // Text is looked at in blocks of up to 64 bytes; what is special may lie across two.
    for (const std::string special :
         {R"(\n)", R"(\")", R"(\\)", R"(\u00e9)", R"(\ud83d\ude00)", "\xC3\xA9", "\xF0\x9F\x98\x80"
         })
        for (std::size_t before = 0; before < 140; ++before)
            for (const std::size_t behind : {0u, 1u, 63u, 64u, 130u}) {
                const auto text = '"' + std::string(before, 'x') + special + special +
                                  std::string(behind, 'y') + '"';
                const auto document = text + std::string(before % 80, ' ');
                Cursor at(document);
                ASSERT_EQ(at.raw_string(), text);
                ASSERT_TRUE(at.finish()) << document;
            }
}

TEST(JsonCursor, finds_what_is_wrong_at_every_offset)
{
    for (const std::string wrong :
         {R"(\x)", R"(\u12g4)", R"(\ud83dx)", "\xFF", "\xC3(", "\n", "\x1F"})
        for (std::size_t before = 0; before < 140; ++before) {
            const auto text = '"' + std::string(before, 'x') + wrong + std::string(140, 'y') + '"';
            ASSERT_TRUE(rejection(text).starts_with(
                concat("invalid JSON at byte ", std::to_string(before + 1), ": ")
            )) << rejection(text);
        }
}

TEST(JsonCursor, allows_32_levels_and_no_more)
{
    EXPECT_TRUE(accepts(nested(max_depth)));
    EXPECT_FALSE(accepts(nested(max_depth + 1)));
    EXPECT_FALSE(accepts(std::string(100'000, '[')));
    std::string objects, closing;
    for (int i = 0; i < max_depth; ++i) objects += "{\"a\":", closing += '}';
    EXPECT_TRUE(accepts(objects + "1" + closing));
    EXPECT_FALSE(accepts(objects + "[]" + closing));
}

TEST(JsonCursor, counts_entered_containers_as_depth)
{
    const auto text = nested(max_depth + 1);
    Cursor at(text);
    for (int i = 0; i < max_depth; ++i) {
        ASSERT_TRUE(at.enter_array());
        ASSERT_TRUE(at.next_element());
    }
    EXPECT_FALSE(at.enter_array());
    EXPECT_FALSE(at.ok());
}

TEST(JsonCursor, says_where_and_what)
{
    EXPECT_EQ(rejection(R"({"a":1,})"), "invalid JSON at byte 7: expected a string");
    EXPECT_EQ(rejection("[1 2]"), "invalid JSON at byte 3: expected ',' or ']'");
    EXPECT_EQ(
        rejection("{\"a\":\"x\n\"}"), "invalid JSON at byte 7: control character in a string"
    );
    EXPECT_EQ(rejection("[1] x"), "invalid JSON at byte 4: text after the value");
    EXPECT_EQ(rejection(""), "invalid JSON at byte 0: unexpected end");
    Cursor at("[");
    at.skip();
    EXPECT_EQ(at.error().kind, ErrorKind::malformed);
}

TEST(JsonCursor, walks_objects_and_arrays_on_demand)
{
    Cursor at(
        R"( {"model":"gpt","n":2,"t":0.5,"tools":[1,"two",{"x":[]}],"flag":true,"none":null,"k\u0065y":-7} )"
    );
    ASSERT_EQ(at.peek(), Cursor::Kind::object);
    ASSERT_TRUE(at.enter_object());
    std::string seen;
    while (auto key = at.next_key()) {
        seen += concat(*key, " ");
        if (*key == "model")
            EXPECT_EQ(at.string(), "gpt");
        else if (*key == "n")
            EXPECT_EQ(at.integer(), 2);
        else if (*key == "t")
            EXPECT_EQ(at.number(), 0.5);
        else if (*key == "flag")
            EXPECT_EQ(at.boolean(), true);
        else if (*key == "key")
            EXPECT_EQ(at.integer(), -7);
        else if (*key == "tools") {
            ASSERT_TRUE(at.enter_array());
            ASSERT_TRUE(at.next_element());
            EXPECT_EQ(at.peek(), Cursor::Kind::number);
            EXPECT_EQ(at.skip(), "1");
            ASSERT_TRUE(at.next_element());
            EXPECT_EQ(at.raw_string(), "\"two\"");
            ASSERT_TRUE(at.next_element());
            EXPECT_EQ(at.skip(), R"({"x":[]})");
            EXPECT_FALSE(at.next_element());
        } else {
            EXPECT_EQ(at.peek(), Cursor::Kind::null);
            at.skip();
        }
    }
    EXPECT_TRUE(at.finish());
    EXPECT_EQ(seen, "model n t tools flag none key ");
}

TEST(JsonCursor, keys_without_escapes_are_views_of_the_text)
{
    constexpr std::string_view text = R"({"plain":1,"\u0065scaped":2})";
    Cursor at(text);
    ASSERT_TRUE(at.enter_object());
    EXPECT_EQ(at.next_key()->data(), text.data() + 2);
    at.skip();
    EXPECT_EQ(at.next_key(), "escaped");
}

TEST(JsonCursor, finds_keys_of_every_length_however_they_are_spaced)
{
    for (std::size_t length = 0; length < 40; ++length)
        for (const std::string space : {"", " ", "\n\t"}) {
            const std::string key(length, 'k');
            const auto member = space + '"' + key + '"' + space + ':' + space + "1" + space;
            const auto text = '{' + member + ',' + member + '}';
            Cursor at(text);
            ASSERT_TRUE(at.enter_object());
            for (int i = 0; i < 2; ++i) {
                EXPECT_EQ(at.next_key(), key) << text;
                EXPECT_EQ(at.rest().front(), '1') << text;
                EXPECT_EQ(at.integer(), 1);
            }
            EXPECT_EQ(at.next_key(), std::nullopt);
            EXPECT_TRUE(at.finish()) << text;
            for (std::size_t cut = 0; cut < text.size(); ++cut)
                EXPECT_FALSE(accepts(text.substr(0, cut)));
        }
}

TEST(JsonCursor, wants_a_comma_between_members_and_none_before_the_first)
{
    const std::string rest = R"("a":1,"enough text for a quick look":2})";
    for (const auto before : {"{,", "{\"x\":1", "{\"x\":1:", "{\"x\":1,,"}) {
        const auto text = before + rest;
        Cursor at(text);
        at.enter_object();
        while (at.next_key()) at.skip();
        EXPECT_FALSE(at.finish()) << text;
    }
}

TEST(JsonCursor, text_is_the_string_unescaped)
{
    constexpr std::string_view text = R"(["plain","\u0065scaped",1])";
    Cursor at(text);
    ASSERT_TRUE(at.enter_array());
    ASSERT_TRUE(at.next_element());
    EXPECT_EQ(at.text().data(), text.data() + 2);
    ASSERT_TRUE(at.next_element());
    EXPECT_EQ(at.text(), "escaped");
    ASSERT_TRUE(at.next_element());
    EXPECT_EQ(at.text(), "");
    EXPECT_FALSE(at.ok());
}

TEST(JsonCursor, digits_are_what_stands_alone_in_up_to_18)
{
    for (const auto& [text, value] : {
             std::pair{"[0]", 0L},
             {"[7,1]", 7L},
             {"{\"a\":133}", 133L},
             {"[999999999999999999]", 999999999999999999L},
         }) {
        Cursor at(text);
        at.peek() == Cursor::Kind::array ? at.enter_array() && at.next_element()
                                         : at.enter_object() && at.next_key();
        EXPECT_EQ(at.digits(), value) << text;
        EXPECT_FALSE(at.rest().empty());
        EXPECT_TRUE(std::string_view(",]}").contains(at.rest().front())) << text;
    }
    for (const auto text :
         {"[01]",
          "[-1]",
          "[1.0]",
          "[1e3]",
          "[1 ]",
          "[]",
          "[\"1\"]",
          "[1234567890123456789]",
          "[1",
          "["}) {
        Cursor at(text);
        at.enter_array();
        at.next_element();
        const auto before = at.offset();
        EXPECT_EQ(at.digits(), std::nullopt) << text;
        EXPECT_EQ(at.offset(), before);
    }
}

TEST(JsonCursor, null_is_consumed_where_it_stands)
{
    Cursor at("[null,nul]");
    ASSERT_TRUE(at.enter_array());
    ASSERT_TRUE(at.next_element());
    EXPECT_TRUE(at.null());
    ASSERT_TRUE(at.next_element());
    EXPECT_FALSE(at.null());
    EXPECT_EQ(at.rest(), "nul]");
    EXPECT_TRUE(at.ok());
    Cursor alone(" null ");
    EXPECT_TRUE(alone.null());
    EXPECT_TRUE(alone.finish());
}

TEST(JsonCursor, raw_text_says_whether_it_has_escapes)
{
    Cursor at(R"(["plain","line\nbreak",1])");
    ASSERT_TRUE(at.enter_array());
    ASSERT_TRUE(at.next_element());
    const auto plain = at.raw_text();
    ASSERT_TRUE(at.next_element());
    const auto escaped = at.raw_text();
    EXPECT_FALSE(plain.escaped);
    EXPECT_EQ(plain.str(), "plain");
    EXPECT_TRUE(escaped.escaped);
    EXPECT_EQ(escaped.chars, R"(line\nbreak)");
    std::string out = "a ";
    escaped.append_to(out);
    EXPECT_EQ(out, "a line\nbreak");
    ASSERT_TRUE(at.next_element());
    EXPECT_TRUE(at.raw_text().empty());
    EXPECT_FALSE(at.ok());
}

TEST(JsonCursor, another_kind_than_asked_for_is_an_error)
{
    EXPECT_EQ(Cursor("1").string(), "");
    const auto fails = [](std::string_view text, auto&& consume) {
        Cursor at(text);
        consume(at);
        return !at.ok() && !at.finish();
    };
    EXPECT_TRUE(fails("1", [](Cursor& at) { at.string(); }));
    EXPECT_TRUE(fails("null", [](Cursor& at) { at.raw_string(); }));
    EXPECT_TRUE(fails("\"1\"", [](Cursor& at) { at.number(); }));
    EXPECT_TRUE(fails("{}", [](Cursor& at) { at.integer(); }));
    EXPECT_TRUE(fails("1", [](Cursor& at) { at.boolean(); }));
    EXPECT_TRUE(fails("[]", [](Cursor& at) { at.enter_object(); }));
    EXPECT_TRUE(fails("{}", [](Cursor& at) { at.enter_array(); }));
}

TEST(JsonCursor, nothing_follows_the_first_error)
{
    Cursor at(R"({"a":x,"b":1})");
    ASSERT_TRUE(at.enter_object());
    ASSERT_TRUE(at.next_key());
    EXPECT_EQ(at.skip(), "");
    const auto first = at.error().message;
    EXPECT_FALSE(at.next_key());
    EXPECT_FALSE(at.next_element());
    EXPECT_EQ(at.peek(), Cursor::Kind::none);
    EXPECT_EQ(at.skip(), "");
    EXPECT_EQ(at.integer(), std::nullopt);
    EXPECT_FALSE(at.enter_object());
    EXPECT_FALSE(at.finish());
    EXPECT_EQ(at.error().message, first);
}

TEST(JsonCursor, finish_needs_the_whole_text_consumed)
{
    EXPECT_FALSE(Cursor("").finish());
    EXPECT_FALSE(Cursor("1").finish());
    Cursor inside("[1]");
    inside.enter_array();
    EXPECT_FALSE(inside.finish());
    Cursor twice("1 2");
    twice.skip();
    twice.skip();
    EXPECT_FALSE(twice.finish());
}

TEST(JsonValue, integers_are_whatever_is_integral)
{
    EXPECT_EQ(as_integer("42"), 42);
    EXPECT_EQ(as_integer("-0"), 0);
    EXPECT_EQ(as_integer("1.0"), 1);
    EXPECT_EQ(as_integer("1e3"), 1000);
    EXPECT_EQ(as_integer("9223372036854775807"), std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(as_integer("-9223372036854775808"), std::numeric_limits<std::int64_t>::min());
    for (const auto text :
         {"9223372036854775808",
          "1.5",
          "1e300",
          "1e999",
          "9007199254740993.0",
          "\"1\"",
          "null",
          "[]"})
        EXPECT_EQ(as_integer(text), std::nullopt) << text;
}

TEST(JsonValue, numbers_out_of_range_become_infinity_or_zero)
{
    EXPECT_EQ(as_number("0.7"), 0.7);
    EXPECT_EQ(as_number("-1.5e3"), -1500);
    EXPECT_EQ(as_number("1e999"), std::numeric_limits<double>::infinity());
    EXPECT_EQ(as_number("-1e999"), -std::numeric_limits<double>::infinity());
    EXPECT_EQ(as_number("1e-999"), 0);
    for (const auto text : {"true", "\"1\"", "null", "{}"})
        EXPECT_EQ(as_number(text), std::nullopt) << text;
}

TEST(JsonValue, strings_are_unescaped)
{
    EXPECT_EQ(as_string(R"("a\"\\\/\b\f\n\r\tz")"), "a\"\\/\b\f\n\r\tz");
    EXPECT_EQ(
        as_string(R"("\u0041\u00e9\u20AC\ud83d\ude00")"), "A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"
    );
    EXPECT_EQ(as_string(R"("\u0000")"), "\0"s);
    EXPECT_EQ(as_string("\"\""), "");
    for (const auto text : {"1", "null", "{}", "[]"})
        EXPECT_EQ(as_string(text), std::nullopt) << text;
}

TEST(JsonValue, booleans_and_null)
{
    EXPECT_EQ(as_bool("true"), true);
    EXPECT_EQ(as_bool("false"), false);
    EXPECT_EQ(as_bool("\"true\""), std::nullopt);
    EXPECT_EQ(as_bool("1"), std::nullopt);
    EXPECT_TRUE(is_null("null"));
    EXPECT_FALSE(is_null("\"null\""));
}

TEST(JsonKey, the_names_of_requests_have_numbers)
{
    for (std::size_t i = 0; i < json::numbered_names.size(); ++i)
        EXPECT_EQ(json::Key(json::numbered_names[i]).number(), i + 1) << json::numbered_names[i];
    for (const auto name : {"", "x", "Model", "model2", "mode", "max_token", "messages\n"})
        EXPECT_EQ(json::Key(std::string_view(name)).number(), 0) << name;
}

TEST(JsonKey, equals_a_key_of_the_same_name)
{
    const std::string model = "model", other = "other";
    EXPECT_TRUE(json::Key("model") == json::Key(model));
    EXPECT_TRUE(json::Key("other") == json::Key(other));
    EXPECT_FALSE(json::Key("model") == json::Key(other));
    EXPECT_FALSE(json::Key("others") == json::Key(other));
    EXPECT_FALSE(json::Key("model") == json::Key("messages"));
}

TEST(JsonKey, sets_tell_names_with_numbers_apart)
{
    json::KeySet set{"model", "stream"};
    EXPECT_TRUE(set.contains("model"));
    EXPECT_FALSE(set.contains("messages"));
    EXPECT_FALSE(set.contains("other"));
    set.add("other");
    EXPECT_TRUE(set.contains("another"));
    set.set("stream", false);
    EXPECT_FALSE(set.contains("stream"));
    EXPECT_TRUE((json::KeySet{"model"} - set).empty());
    EXPECT_FALSE((json::KeySet{"model", "n"} - set).empty());
    EXPECT_TRUE((json::KeySet{"stream", "n"} & set).empty());
    EXPECT_TRUE((json::KeySet{"n"} | set).contains("model"));
    EXPECT_THROW(json::KeySet{"other"}, std::invalid_argument);
}

TEST(JsonDocument, finds_members_whether_their_names_have_numbers_or_not)
{
    const auto document =
        Document::parse(R"({"model":1,"other":2,"mod\u0065l":3,"oth\u0065r":4,"n":5})").value();
    EXPECT_EQ(document.find("model"), "3");
    EXPECT_EQ(document.find("other"), "4");
    EXPECT_EQ(document.find("n"), "5");
    EXPECT_EQ(document.find("stream"), std::nullopt);
    EXPECT_EQ(document.find("others"), std::nullopt);
    EXPECT_TRUE(document.contains("model"));
    EXPECT_TRUE(document.contains("other"));
    EXPECT_FALSE(document.contains("stream"));
    EXPECT_FALSE(document.contains("others"));
    EXPECT_TRUE(document.keys().contains("n"));
    EXPECT_FALSE(document.keys().contains("user"));
    EXPECT_FALSE(Document::parse(R"({"model":1})")->keys().contains("other"));
}

TEST(JsonDocument, indexes_the_top_level_members)
{
    auto document = Document::parse(R"( { "a" : {"b":1} , "c\n":[1,2],"a":"last"} )");
    ASSERT_TRUE(document);
    ASSERT_EQ(document->members().size(), 3);
    EXPECT_EQ(document->value(document->members()[0]), R"({"b":1})");
    EXPECT_EQ(document->key(document->members()[0]), "a");
    EXPECT_EQ(document->key(document->members()[1]), "c\n");
    EXPECT_EQ(document->find("c\n"), "[1,2]");
    EXPECT_EQ(document->find("a"), "\"last\"");
    EXPECT_EQ(document->find("b"), std::nullopt);
    EXPECT_TRUE(document->contains("a"));
    EXPECT_FALSE(document->contains(""));
}

TEST(JsonDocument, tells_no_json_from_no_object)
{
    const auto kind = [](std::string text) {
        return Document::parse(std::move(text)).error().kind;
    };
    for (const auto text : {"", "{", "{\"a\":1}}", "{\"a\":\"\xFF\"}", "[1", "nul"})
        EXPECT_EQ(kind(text), ErrorKind::malformed) << text;
    for (const auto text : {"[]", "null", "1", "\"{}\"", " true "})
        EXPECT_EQ(kind(text), ErrorKind::invalid_request) << text;
}

TEST(JsonDocument, refuses_more_members_than_an_index_should_hold)
{
    std::string members;
    for (std::size_t i = 1; i < max_members; ++i) members += "\"\":0,";
    EXPECT_TRUE(Document::parse("{" + members + "\"\":0}"));
    const auto too_many = Document::parse("{" + members + "\"\":0,\"\":0}");
    ASSERT_FALSE(too_many);
    EXPECT_EQ(too_many.error().kind, ErrorKind::malformed);
}

struct Case {
    std::string text;
    Edits edits;
    std::string expected;
};

struct Set {
    json::Key key;
    std::string value;
};

Edits edits(
    std::vector<json::Key> removed, std::vector<Set> set = {}, std::vector<Set> renamed = {}
)
{
    Edits all;
    for (const auto key : removed) all.remove(key);
    for (const auto& [key, value] : set) all.put(key, value);
    for (const auto& [key, name] : renamed) all.rename(key, name);
    return all;
}

TEST(JsonDocument, splices_edits_and_keeps_every_other_byte)
{
    const Case cases[] = {
        // removing
        {R"({"a":1,"b":2,"c":3})", edits({"a"}), R"({"b":2,"c":3})"},
        {R"({"a":1,"b":2,"c":3})", edits({"b"}), R"({"a":1,"c":3})"},
        {R"({"a":1,"b":2,"c":3})", edits({"c"}), R"({"a":1,"b":2})"},
        {R"({"a":1,"b":2,"c":3})", edits({"a", "c"}), R"({"b":2})"},
        {R"({"a":1,"b":2,"c":3})", edits({"a", "b"}), R"({"c":3})"},
        {R"({"a":1,"b":2,"c":3})", edits({"a", "b", "c"}), R"({})"},
        {R"({"a":1})", edits({"a"}), R"({})"},
        {R"({"a":1,"b":2,"a":3})", edits({"a"}), R"({"b":2})"},
        {"{ \"a\" : 1 ,\n  \"b\" : 2 }\n", edits({"a"}), "{ \"b\" : 2 }\n"},
        {"{ \"a\" : 1 ,\n  \"b\" : 2 }\n", edits({"b"}), "{ \"a\" : 1 }\n"},
        {R"({"a":1})", edits({"x"}), R"({"a":1})"},
        {R"({"\u0061":1,"b":2})", edits({"a"}), R"({"b":2})"},
        // setting
        {R"({"a":1.50,"b":2})", edits({}, {{"b", "[7]"}}), R"({"a":1.50,"b":[7]})"},
        {R"({"a":1,"b":2,"a":3})", edits({}, {{"a", "0"}}), R"({"a":0,"b":2,"a":0})"},
        {R"({"a":1})", edits({}, {{"n\n", "2"}}), R"({"a":1,"n\n":2})"},
        {"{ \"a\" : 1 }", edits({}, {{"b", "2"}}), "{ \"a\" : 1,\"b\":2 }"},
        {"{}", edits({}, {{"a", "1"}, {"b", "2"}}), R"({"a":1,"b":2})"},
        {" { } ", edits({}, {{"a", "1"}}), R"( {"a":1 } )"},
        {R"({"a":1})", edits({}, {{"a", "2"}, {"a", "3"}}), R"({"a":3})"},
        {"{}", edits({}, {{"a", "2"}, {"a", "3"}}), R"({"a":3})"},
        // renaming
        {R"({"a" : 1,"b":2})", edits({}, {}, {{"a", "z\""}}), R"({"z\"" : 1,"b":2})"},
        {R"({"a":"a"})", edits({}, {}, {{"a", "b"}}), R"({"b":"a"})"},
        {R"({"a\"":"a"})", edits({}, {}, {{"a\"", "b"}}), R"({"b":"a"})"},
        {R"({"a":1})", edits({}, {}, {{"x", "y"}}), R"({"a":1})"},
        // together
        {R"({"max_tokens":5,"b":2})",
         edits({}, {{"max_tokens", "9"}}, {{"max_tokens", "m"}}),
         R"({"m":9,"b":2})"},
        {R"({"b":2})", edits({}, {{"max_tokens", "9"}}, {{"max_tokens", "m"}}), R"({"b":2,"m":9})"},
        {R"({"a":1,"b":2})", edits({"a"}, {{"c", "3"}}), R"({"b":2,"c":3})"},
        {R"({"a":1})", edits({"a"}, {{"c", "3"}}), R"({"c":3})"},
        {R"({"a":1,"b":2,"a":3})", edits({"a"}, {{"a", "4"}}), R"({"b":2,"a":4})"},
        // names with numbers, and others beside them
        {R"({"model":"m","n":2,"x":3,"y":4})",
         edits({"n", "x"}, {{"model", "0"}, {"y", "5"}, {"user", "6"}, {"z", "7"}}),
         R"({"model":0,"y":5,"user":6,"z":7})"},
        {R"({"mod\u0065l":1,"x":2,"y":3})", edits({"x"}, {}, {{"model", "m"}}), R"({"m":1,"y":3})"},
        {R"({"x":1,"y":2})", edits({}, {{"z", "3"}}, {{"y", "w"}}), R"({"x":1,"w":2,"z":3})"},
        {R"({"big":12345678901234567890,"n":1E2,"a":0})",
         edits({"a"}),
         R"({"big":12345678901234567890,"n":1E2})"},
    };
    for (const auto& [text, edits, expected] : cases) {
        const auto document = Document::parse(text);
        ASSERT_TRUE(document) << text;
        EXPECT_EQ(document->spliced(edits), expected) << text;
        for (const auto lendable : {0u, 2u, 7u}) {
            auto [own, lent, lent_after] = document->spliced_lending(edits, lendable);
            EXPECT_EQ(own.insert(lent_after, lent), expected) << text;
        }
    }
}

TEST(JsonDocument, lends_the_stretch_with_the_longest_member)
{
    const auto document = Document::parse(R"({"a":[1,2],"m":"x","long":"12345678","z":0})").value();
    const auto renamed = edits({}, {{"m", "\"other\""}}, {});
    const auto spliced = document.spliced_lending(renamed, 10);
    EXPECT_EQ(spliced.lent, R"(,"long":"12345678","z":0})");
    EXPECT_EQ(spliced.lent.end(), std::string_view(document.text()).end());
    EXPECT_EQ(spliced.text, R"({"a":[1,2],"m":"other")");
    EXPECT_EQ(spliced.lent_after, spliced.text.size());

    EXPECT_EQ(document.spliced_lending(renamed, 11).lent, "");
    EXPECT_EQ(document.spliced_lending(edits({}, {{"long", "1"}}), 10).lent, "");
    EXPECT_EQ(document.spliced_lending({}, 10).lent, document.text());
}

TEST(JsonDocument, without_edits_the_text_stays)
{
    const std::string text = "{ \"a\":1 ,\"a\" : 2}\n";
    EXPECT_EQ(Document::parse(text)->spliced({}), text);
}

TEST(JsonDocument, default_is_an_empty_object)
{
    EXPECT_EQ(Document().text(), "{}");
    EXPECT_EQ(Document().spliced(edits({}, {{"a", "1"}})), R"({"a":1})");
}

TEST(JsonWrite, doubles_look_as_people_write_them)
{
    const auto number = [](double value) {
        std::string out;
        append_number(out, value);
        return out;
    };
    EXPECT_EQ(number(0.7), "0.7");
    EXPECT_EQ(number(1), "1");
    EXPECT_EQ(number(-2.5), "-2.5");
    EXPECT_EQ(number(1e30), "1e+30");
    EXPECT_EQ(number(0.1 + 0.2), "0.30000000000000004");
    EXPECT_EQ(number(std::numeric_limits<double>::infinity()), "null");
    EXPECT_EQ(number(std::nan("")), "null");
}

TEST(JsonWrite, quotes_and_escapes)
{
    EXPECT_EQ(json::quoted(""), "\"\"");
    EXPECT_EQ(json::quoted("a\"b\\c/d"), R"("a\"b\\c/d")");
    EXPECT_EQ(json::quoted("\b\f\n\r\t\x01\x1F\x7F"), "\"\\b\\f\\n\\r\\t\\u0001\\u001f\x7F\"");
    EXPECT_EQ(json::quoted("\0"sv), R"("\u0000")");
    EXPECT_EQ(json::quoted("caf\xC3\xA9 \xF0\x9F\x98\x80"), "\"caf\xC3\xA9 \xF0\x9F\x98\x80\"");
}

TEST(JsonWrite, broken_utf8_becomes_replacement_characters)
{
    EXPECT_EQ(json::quoted("a\xFFz"), "\"a\xEF\xBF\xBDz\"");
    EXPECT_EQ(json::quoted("\xC3"), "\"\xEF\xBF\xBD\"");
    EXPECT_EQ(json::quoted("\xC3\xA9\xC3\n"), "\"\xC3\xA9\xEF\xBF\xBD\\n\"");
    EXPECT_EQ(
        json::quoted("0123456789abcde\xE2\x82"), "\"0123456789abcde\xEF\xBF\xBD\xEF\xBF\xBD\""
    );
}

TEST(JsonWrite, what_was_quoted_reads_back)
{
    std::string text;
    for (int i = 0; i < 300; ++i) {
        text += static_cast<char>(i % 0x80);
        text += "\xE2\x82\xAC";
        EXPECT_EQ(as_string(json::quoted(text)), text);
    }
}

TEST(JsonWrite, objects_come_with_their_commas)
{
    std::string out = "data: ";
    ObjectWriter body(out);
    body.field("text", "x\"")
        .field("view", "y"sv)
        .field("n", 3)
        .field("big", std::int64_t{1} << 62);
    body.field("t", 0.7).field("yes", true).null("nothing").raw("usage", R"({"a":1})");
    ObjectWriter inner(body.key("in\ner"));
    inner.close();
    body.close();
    EXPECT_EQ(
        out,
        R"(data: {"text":"x\"","view":"y","n":3,"big":4611686018427387904,"t":0.7,"yes":true,"nothing":null,"usage":{"a":1},"in\ner":{}})"
    );
}

TEST(JsonTree, reads_and_writes_the_same_value)
{
    const auto text =
        R"({"a":[1,-2,0.7,18446744073709551615,true,null,"x\n"],"b":{"c":{}},"d":[]})";
    const auto tree = parse_tree(text);
    ASSERT_TRUE(tree);
    EXPECT_EQ(json::serialize(*tree), text);
}

TEST(JsonTree, refuses_what_is_malformed_or_too_deep)
{
    EXPECT_TRUE(parse_tree(nested(max_depth)));
    EXPECT_EQ(parse_tree(nested(max_depth + 1)).error().kind, ErrorKind::malformed);
    EXPECT_EQ(parse_tree("{\"a\":1,}").error().kind, ErrorKind::malformed);
    EXPECT_EQ(parse_tree("1 2").error().kind, ErrorKind::malformed);
}

}  // namespace
}  // namespace sluice::json
