#include "api/stored_items.hpp"

#include "api/json_array.hpp"
#include "api/json_look.hpp"

#include <algorithm>
#include <charconv>

namespace sluice {
namespace {

/// The items of a response's output, as views of the given text.
std::vector<std::string_view> output_of_response(std::string_view response)
{
    json::Cursor at(response);
    std::vector<std::string_view> items;
    if (at.peek() != json::Cursor::Kind::object) return items;
    at.enter_object();
    while (const auto key = at.next_key()) {
        if (*key == "output")
            items = elements_of(at.skip());
        else
            at.skip();
    }
    return items;
}

std::string_view prefix_of(std::string_view type)
{
    if (type == "message") return "msg_";
    if (type == "function_call") return "fc_";
    if (type == "function_call_output") return "fco_";
    if (type == "reasoning") return "rs_";
    return "item_";
}

/// Plain text as the one part that it stands for.
std::string spelt_out(std::string_view role, std::string_view text)
{
    const auto type = role == "assistant" ? "output_text" : "input_text";
    std::string out = "[";
    json::ObjectWriter part(out);
    part.field("type", type).raw("text", text);
    if (role == "assistant") part.raw("annotations", "[]");
    part.close();
    return out += ']';
}

/// An input item as the list shows it. An id of ours follows from the item's place, so that it is
/// the same every time, and the item can go to a provider as the caller sent it.
std::string listed(std::string_view item, std::string_view response_id, std::size_t index)
{
    const auto object = object_of(item);
    json::Edits edits;
    auto type = text_at(object, "type");
    if (type.empty()) {
        type = "message";
        edits.put("type", R"("message")");
    }
    if (!has(object, "id")) {
        const auto tail = response_id.substr(response_id.find('_') + 1);
        edits.put("id", json::quoted(concat(prefix_of(type), tail, "_", std::to_string(index))));
    }
    const auto content = value_or(object, "content", "null");
    if (type == "message" && content.starts_with('"'))
        edits.put("content", spelt_out(text_at(object, "role"), content));
    if (type == "message" && !has(object, "status")) edits.put("status", R"("completed")");
    return object.spliced(edits);
}

std::string id_of(std::string_view item)
{
    return text_at(object_of(item), "id");
}

struct PageQuery {
    std::size_t limit = 20;
    bool ascending = false;
    std::string_view after{};
};

Result<PageQuery> parse_query(std::string_view query)
{
    PageQuery page;
    while (!query.empty()) {
        const auto pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(query.size(), pair.size() + 1));
        const auto equals = std::min(pair.find('='), pair.size());
        const auto name = pair.substr(0, equals);
        const auto value = pair.substr(std::min(equals + 1, pair.size()));
        if (name == "limit") {
            const auto [end, error] =
                std::from_chars(value.data(), value.data() + value.size(), page.limit);
            const bool number = error == std::errc() && end == value.data() + value.size();
            if (!number || page.limit < 1 || page.limit > 100)
                return fail_at("limit", "limit must be an integer from 1 to 100");
        } else if (name == "order") {
            if (value != "asc" && value != "desc")
                return fail_at("order", "order must be one of asc, desc");
            page.ascending = value == "asc";
        } else if (name == "after") {
            page.after = value;
        }
    }
    return page;
}

void append_id(json::ObjectWriter& out, std::string_view key, std::string_view item)
{
    if (item.empty())
        out.null(key);
    else
        out.field(key, id_of(item));
}

}  // namespace

std::string id_of_response(std::string_view response)
{
    return id_of(response);
}

void append_items(
    std::vector<std::string>& items, std::string_view input, std::string_view response
)
{
    for (const auto item : elements_of(input)) items.emplace_back(item);
    for (const auto item : output_of_response(response)) items.emplace_back(item);
}

std::vector<std::string> output_ids(std::string_view response)
{
    std::vector<std::string> ids;
    for (const auto item : output_of_response(response))
        if (auto id = id_of(item); !id.empty()) ids.push_back(std::move(id));
    return ids;
}

std::optional<std::string> find_output(std::string_view response, std::string_view id)
{
    for (const auto item : output_of_response(response))
        if (id_of(item) == id) return std::string(item);
    return std::nullopt;
}

std::string input_json(std::span<const std::string> items)
{
    std::string out;
    append_array(out, items, [&](const std::string& item) { out += item; });
    return out;
}

Result<std::string> input_items_page(
    std::string_view response_id, std::string_view input, std::string_view query
)
{
    const auto page = parse_query(query);
    if (!page) return std::unexpected(page.error());
    std::vector<std::string> items;
    for (const auto item : elements_of(input))
        items.push_back(listed(item, response_id, items.size()));
    if (!page->ascending) std::ranges::reverse(items);
    auto first = items.begin();
    if (!page->after.empty()) {
        first = std::ranges::find(items, page->after, id_of);
        if (first == items.end()) return fail_at("after", "after names no item of this response");
        ++first;
    }
    const auto rest = static_cast<std::size_t>(items.end() - first);
    const std::span shown(first, std::min(rest, page->limit));

    std::string out;
    json::ObjectWriter list(out);
    list.field("object", "list");
    append_array(list.key("data"), shown, [&](const std::string& item) { out += item; });
    append_id(list, "first_id", shown.empty() ? std::string_view() : shown.front());
    append_id(list, "last_id", shown.empty() ? std::string_view() : shown.back());
    list.field("has_more", rest > shown.size());
    list.close();
    return out;
}

}  // namespace sluice
