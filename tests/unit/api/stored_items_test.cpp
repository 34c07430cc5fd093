#include "api/stored_items.hpp"

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>

namespace sluice {
namespace {

using testing::ElementsAre;

const std::string response =
    R"({"id":"resp_1","output":[{"id":"msg_1","type":"message"},{"id":"fc_1","type":"function_call"}]})";

TEST(StoredItems, are_the_input_then_the_output)
{
    std::vector<std::string> items;
    append_items(items, R"([{"role":"user","content":"q"}])", response);
    EXPECT_THAT(
        items,
        ElementsAre(
            R"({"role":"user","content":"q"})",
            R"({"id":"msg_1","type":"message"})",
            R"({"id":"fc_1","type":"function_call"})"
        )
    );
}

TEST(StoredItems, of_the_output_are_found_by_their_ids)
{
    EXPECT_EQ(id_of_response(response), "resp_1");
    EXPECT_THAT(output_ids(response), ElementsAre("msg_1", "fc_1"));
    EXPECT_EQ(find_output(response, "fc_1"), R"({"id":"fc_1","type":"function_call"})");
    EXPECT_EQ(find_output(response, "fc_2"), std::nullopt);
}

/// Ids of a page of five items i0 to i4, "+" where there are more, or the error's param.
std::string page(std::string_view query)
{
    std::string input = "[";
    for (int i = 0; i < 5; ++i)
        input += concat(i ? "," : "", R"({"type":"reasoning","id":"i)", std::to_string(i), R"("})");
    const auto body = input_items_page("resp_1", input + "]", query);
    if (!body) return body.error().param;
    const auto list = boost::json::parse(*body);
    std::string out;
    for (const auto& item : list.at("data").as_array()) {
        if (!out.empty()) out += ' ';
        out += item.at("id").as_string();
    }
    return out + (list.at("has_more").as_bool() ? "+" : "");
}

TEST(InputItems, come_in_pages)
{
    EXPECT_EQ(page(""), "i4 i3 i2 i1 i0");
    EXPECT_EQ(page("order=asc"), "i0 i1 i2 i3 i4");
    EXPECT_EQ(page("limit=2"), "i4 i3+");
    EXPECT_EQ(page("limit=2&after=i3"), "i2 i1+");
    EXPECT_EQ(page("order=asc&limit=2&after=i2"), "i3 i4");
    EXPECT_EQ(page("after=i0&include[]=x"), "");
    for (const auto* wrong : {"limit=0", "limit=101", "limit=x", "limit=", "limit=1x"})
        EXPECT_EQ(page(wrong), "limit") << wrong;
    EXPECT_EQ(page("order=up"), "order");
    EXPECT_EQ(page("after=i9"), "after");
}

TEST(InputItems, have_an_id_a_type_and_parts)
{
    const auto body = input_items_page(
        "resp_7",
        R"([{"role":"user","content":"q"},{"type":"function_call_output","call_id":"c","output":"x"}])",
        "order=asc"
    );
    EXPECT_EQ(
        boost::json::parse(*body),
        boost::json::parse(
            R"({"object":"list","data":[{"id":"msg_7_0","type":"message","status":"completed","role":"user","content":[{"type":"input_text","text":"q"}]},)"
            R"({"id":"fco_7_1","type":"function_call_output","call_id":"c","output":"x"}],"first_id":"msg_7_0","last_id":"fco_7_1","has_more":false})"
        )
    );
    EXPECT_EQ(
        *input_items_page("resp_7", "[]", ""),
        R"({"object":"list","data":[],"first_id":null,"last_id":null,"has_more":false})"
    );
}

}  // namespace
}  // namespace sluice
