// The JSON reader against Boost.JSON: both accept or both refuse, and both see the same values.
// One difference is meant: Boost refuses exponents from 2^31 on, which the grammar allows.

#include "core/json.hpp"
#include "require.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace {

using namespace sluice;
using json::Cursor;
using json::Document;
using json::Edits;

bool is_json(std::string_view text)
{
    Cursor at(text);
    at.skip();
    return at.finish();
}

/// Boost's doubles may differ in the last digits.
bool same_number(double ours, double boosts)
{
    constexpr double tolerance = 1e-12, tiny = 1e-290, huge = 1e290;
    const double a = std::abs(ours), b = std::abs(boosts);
    if (std::min(a, b) > huge || std::max(a, b) < tiny) return true;
    return std::abs(ours - boosts) <= tolerance * std::max(a, b);
}

std::size_t count_members(Cursor at)
{
    std::size_t count = 0;
    for (at.enter_object(); at.next_key(); at.skip()) ++count;
    return count;
}

/// Reads the value at the cursor piece by piece and compares it with Boost's.
void compare(Cursor& at, const boost::json::value& expected)
{
    switch (at.peek()) {
        case Cursor::Kind::object: {
            // Of duplicate keys Boost keeps the last value only.
            const bool unique = count_members(at) == expected.as_object().size();
            require(at.enter_object());
            while (const auto key = at.next_key()) {
                const auto* member = expected.get_object().if_contains(*key);
                require(member);
                if (unique)
                    compare(at, *member);
                else
                    at.skip();
            }
            break;
        }
        case Cursor::Kind::array: {
            std::size_t i = 0;
            require(at.enter_array());
            while (at.next_element()) compare(at, expected.as_array().at(i++));
            require(i == expected.get_array().size());
            break;
        }
        case Cursor::Kind::string: {
            require(Cursor(at).text() == expected.as_string());
            const auto text = at.string();
            require(std::string_view(text) == expected.as_string());
            break;
        }
        case Cursor::Kind::number:
            if (expected.is_int64())
                require(at.integer() == expected.get_int64());
            else
                require(same_number(*at.number(), expected.to_number<double>()));
            break;
        case Cursor::Kind::boolean: require(at.boolean() == expected.as_bool()); break;
        case Cursor::Kind::null: require(json::is_null(at.skip()) && expected.is_null()); break;
        case Cursor::Kind::none: require(false);
    }
    require(at.ok());
}

struct Pair {
    std::string key;
    std::string value;
    bool operator==(const Pair&) const = default;
};

std::vector<Pair> pairs(const Document& document)
{
    std::vector<Pair> list;
    for (const auto& member : document.members())
        list.push_back({std::string(document.key(member)), std::string(document.value(member))});
    return list;
}

std::vector<Pair> spliced(const Document& document, const Edits& edits)
{
    const auto text = document.spliced(edits);
    auto [own, lent, lent_after] = document.spliced_lending(edits, 4);
    require(own.insert(lent_after, lent) == text);
    const auto result = Document::parse(text);
    require(result.has_value());
    return pairs(*result);
}

/// Edits one member in each way; the result has the edit, and the other members their very bytes.
void edit(const Document& document, const std::string& key)
{
    const auto before = pairs(document);
    const bool stands = document.contains(key);

    auto expected = before;
    std::erase_if(expected, [&](const Pair& pair) { return pair.key == key; });
    Edits edits;
    edits.remove(key);
    require(spliced(document, edits) == expected);

    expected.push_back({key, "[1]"});
    edits.put(key, "[1]");
    require(spliced(document, edits) == expected);

    edits = {};
    edits.put(key, "{}");
    expected = before;
    for (auto& pair : expected)
        if (pair.key == key) pair.value = "{}";
    if (!stands) expected.push_back({key, "{}"});
    require(spliced(document, edits) == expected);

    const std::string name = key + "\"2\n";
    edits.rename(key, name);
    for (auto& pair : expected)
        if (pair.key == key) pair.key = name;
    require(spliced(document, edits) == expected);
}

void check_document(std::string_view text, bool object)
{
    const auto document = Document::parse(std::string(text));
    require(document.has_value() == object);
    if (!object) return;
    require(document->spliced({}) == text);
    edit(*document, "absent\\key");
    const auto members = document->members();
    if (members.empty()) return;
    for (const auto& member : {members.front(), members[members.size() / 2], members.back()})
        edit(*document, std::string(document->key(member)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size > json::max_members) return 0;  // no text this short has more members than that
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    require(is_json(json::quoted(text)));

    boost::json::error_code error;
    const auto tree = boost::json::parse(text, error, {}, {.max_depth = json::max_depth});
    if (error == boost::json::error::exponent_overflow) return 0;
    require(is_json(text) == !error);
    if (!error) {
        Cursor at(text);
        compare(at, tree);
        require(at.finish());
        require(is_json(json::serialize(tree)));
    }
    check_document(text, !error && tree.is_object());
    return 0;
}
