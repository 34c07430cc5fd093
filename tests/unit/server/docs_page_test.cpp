#include "server/docs_page.hpp"

#include "server/docs_fields.hpp"
#include "server/html.hpp"
#include "server/openapi.hpp"

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

namespace sluice {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

boost::json::object schema(std::string_view text)
{
    return boost::json::parse(text).as_object();
}

const std::string& page()
{
    static const auto made = docs_page(openapi_document(endpoints(), openapi_files()));
    return made;
}

/// Every text that stands between the two.
std::set<std::string> all_between(std::string_view text, std::string_view begin, char end)
{
    std::set<std::string> found;
    for (auto at = text.find(begin); at != text.npos; at = text.find(begin, at)) {
        at += begin.size();
        found.emplace(text.substr(at, text.find(end, at) - at));
    }
    return found;
}

TEST(Html, escapes_and_marks)
{
    EXPECT_EQ(html::escaped(R"(<a href="x">&)"), "&lt;a href=&quot;x&quot;&gt;&amp;");
    EXPECT_EQ(
        html::inline_text("**Keys.** `a<b` and `alone"),
        "<strong>Keys.</strong> <code>a&lt;b</code> and `alone"
    );
    EXPECT_EQ(html::paragraphs("one\n\ntwo"), "<p>one</p>\n<p>two</p>\n");
}

TEST(DocsFields, puts_a_type_into_words)
{
    EXPECT_EQ(type_words(schema(R"({"type":"number","minimum":0,"maximum":2})")), "number, 0 to 2");
    EXPECT_EQ(type_words(schema(R"({"type":["string","null"]})")), "string or null");
    EXPECT_EQ(
        type_words(schema(R"({"type":"array","minItems":1,"items":{"type":"string"}})")),
        "array of string, at least 1 item"
    );
    EXPECT_EQ(
        type_words(schema(R"({"oneOf":[{"$ref":"#/components/schemas/A"},{"type":"null"}]})")),
        "<a href=\"#schema-A\">A</a> or null"
    );
    EXPECT_EQ(
        type_words(schema(R"({"type":"string","enum":["a","b"]})")),
        "<code>&quot;a&quot;</code> <code>&quot;b&quot;</code>"
    );
}

TEST(DocsFields, lists_what_stands_within)
{
    const auto table = fields_table(schema(
        R"({"type":"object","required":["a"],"properties":{"a":{"type":"array","items":{"type":"object",
            "properties":{"b":{"type":"integer","description":"How many."}}}}}})"
    ));
    EXPECT_THAT(table, HasSubstr("<code>a</code> <em>required</em>"));
    EXPECT_THAT(table, HasSubstr("<code>a[].b</code></td><td>integer</td><td>How many."));
    EXPECT_EQ(fields_table(schema(R"({"type":"string"})")), "");
}

TEST(DocsPage, shows_every_operation_and_schema)
{
    const auto document = openapi_document(endpoints(), openapi_files());
    const auto shown = all_between(page(), "<article id=\"", '"');
    for (const auto& [path, methods] : document.at("paths").as_object())
        for (const auto& [method, operation] : methods.as_object())
            EXPECT_TRUE(shown.contains(std::string(operation.at("operationId").as_string())));
    for (const auto& [name, one] : document.at("components").at("schemas").as_object())
        EXPECT_TRUE(shown.contains(concat("schema-", name))) << name;
}

TEST(DocsPage, every_link_leads_to_a_place_on_the_page)
{
    const auto places = all_between(page(), "id=\"", '"');
    for (const auto& link : all_between(page(), "href=\"#", '"'))
        EXPECT_TRUE(places.contains(link)) << link;
}

TEST(DocsPage, needs_neither_script_nor_style_of_its_own)
{
    for (const auto* word : {"<script", "<style", " style=", "javascript:", "https://"})
        EXPECT_THAT(page(), Not(HasSubstr(word)));
    EXPECT_THAT(page(), HasSubstr("<link rel=\"stylesheet\" href=\"docs/style.css\">"));
}

TEST(DocsPage, asks_with_curl_as_a_shell_wants_it)
{
    EXPECT_THAT(page(), HasSubstr("-d '{&quot;input&quot;:[&quot;a&quot;,&quot;b&quot;]}'"));
    EXPECT_THAT(page(), HasSubstr("http://127.0.0.1:8006/api/v1/openai/models"));
    EXPECT_THAT(page(), HasSubstr("-F 'file=@speech.wav'"));
}

}  // namespace
}  // namespace sluice
