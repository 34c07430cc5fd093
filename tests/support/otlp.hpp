#pragma once

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::test {

/// A span as it was sent. Attributes: as JSON text, 64-bit integers bare: "\"chat\"", "503".
struct SentSpan {
    std::string trace_id, span_id, parent_id, state, name;
    int kind = 0;
    std::int64_t flags = 0;
    std::int64_t start = 0, end = 0;  ///< nanoseconds since 1970
    int status = 0;
    std::map<std::string, std::string> attributes;

    /// "" where there is none.
    std::string attribute(const std::string& key) const
    {
        const auto found = attributes.find(key);
        return found == attributes.end() ? std::string() : found->second;
    }
};

/// Reads an ExportTraceServiceRequest and fails the test on every key that the protocol does not
/// have and on every value of another type than its JSON encoding demands: ids are hexadecimal,
/// 64-bit integers are strings, enumerations are numbers.
class OtlpReader {
public:
    std::vector<SentSpan> spans;
    std::map<std::string, std::string> resource;

    void read(std::string_view body)
    {
        boost::system::error_code error;
        const auto tree = boost::json::parse({body.data(), body.size()}, error);
        ASSERT_FALSE(error) << body;
        const auto& root = object(tree, {"resourceSpans"});
        for (const auto& each : array(root, "resourceSpans")) {
            const auto& of_resource = object(each, {"resource", "scopeSpans", "schemaUrl"});
            resource = read_attributes(object(of_resource.at("resource"), {"attributes"}));
            for (const auto& scoped : array(of_resource, "scopeSpans")) {
                const auto& of_scope = object(scoped, {"scope", "spans", "schemaUrl"});
                const auto& scope = object(of_scope.at("scope"), {"name", "version"});
                EXPECT_TRUE(scope.at("name").is_string() && scope.at("version").is_string());
                for (const auto& span : array(of_scope, "spans")) read_span(span);
            }
        }
    }

private:
    using Object = boost::json::object;

    static const Object& object(const boost::json::value& value, const std::set<std::string>& keys)
    {
        static const Object none;
        EXPECT_TRUE(value.is_object()) << boost::json::serialize(value);
        if (!value.is_object()) return none;
        for (const auto& member : value.get_object())
            EXPECT_TRUE(keys.contains(std::string(member.key())))
                << "no such field: " << member.key();
        return value.get_object();
    }
    static const boost::json::array& array(const Object& object, std::string_view key)
    {
        static const boost::json::array none;
        const auto* value = object.if_contains({key.data(), key.size()});
        EXPECT_TRUE(value && value->is_array()) << key;
        return value && value->is_array() ? value->get_array() : none;
    }
    static std::string text(const Object& object, std::string_view key)
    {
        const auto* value = object.if_contains({key.data(), key.size()});
        if (!value) return {};
        EXPECT_TRUE(value->is_string()) << key;
        return value->is_string() ? std::string(value->get_string()) : std::string();
    }
    static std::string id(const Object& object, std::string_view key, std::size_t size)
    {
        auto value = text(object, key);
        EXPECT_EQ(value.size(), size) << key;
        EXPECT_EQ(value.find_first_not_of("0123456789abcdef"), value.npos) << key << " " << value;
        return value;
    }
    /// fixed64 and int64: decimal digits in a string.
    static std::int64_t long_number(const Object& object, std::string_view key)
    {
        const auto digits = text(object, key);
        EXPECT_FALSE(digits.empty()) << key;
        EXPECT_EQ(digits.find_first_not_of("-0123456789"), digits.npos) << key << " " << digits;
        return digits.empty() ? 0 : std::stoll(digits);
    }
    /// Enumerations and 32-bit integers: JSON numbers.
    static std::int64_t number(const Object& object, std::string_view key)
    {
        const auto* value = object.if_contains({key.data(), key.size()});
        if (!value) return 0;
        EXPECT_TRUE(value->is_int64()) << key;
        return value->is_int64() ? value->get_int64() : 0;
    }

    static std::string any_value(const boost::json::value& value)
    {
        const auto& any =
            object(value, {"stringValue", "boolValue", "intValue", "doubleValue", "arrayValue"});
        EXPECT_EQ(any.size(), 1u) << boost::json::serialize(value);
        if (any.size() != 1) return {};
        const auto kind = any.begin()->key();
        const auto& held = any.begin()->value();
        if (kind == "intValue") return std::to_string(long_number(any, kind));
        if (kind == "stringValue") EXPECT_TRUE(held.is_string());
        if (kind == "boolValue") EXPECT_TRUE(held.is_bool());
        if (kind == "doubleValue") EXPECT_TRUE(held.is_number());
        if (kind != "arrayValue") return boost::json::serialize(held);
        std::string list;
        for (const auto& element : array(object(held, {"values"}), "values"))
            list += (list.empty() ? "" : ",") + any_value(element);
        return "[" + list + "]";
    }
    static std::map<std::string, std::string> read_attributes(const Object& holder)
    {
        std::map<std::string, std::string> out;
        for (const auto& each : array(holder, "attributes")) {
            const auto& pair = object(each, {"key", "value"});
            const auto key = text(pair, "key");
            EXPECT_TRUE(out.emplace(key, any_value(pair.at("value"))).second) << key << " twice";
        }
        return out;
    }
    void read_span(const boost::json::value& value)
    {
        const auto& span = object(
            value,
            {"traceId",
             "spanId",
             "traceState",
             "parentSpanId",
             "flags",
             "name",
             "kind",
             "startTimeUnixNano",
             "endTimeUnixNano",
             "attributes",
             "status"}
        );
        SentSpan out;
        out.trace_id = id(span, "traceId", 32);
        out.span_id = id(span, "spanId", 16);
        if (span.contains("parentSpanId")) out.parent_id = id(span, "parentSpanId", 16);
        out.state = text(span, "traceState");
        out.name = text(span, "name");
        out.kind = static_cast<int>(number(span, "kind"));
        out.flags = number(span, "flags");
        out.start = long_number(span, "startTimeUnixNano");
        out.end = long_number(span, "endTimeUnixNano");
        out.status =
            static_cast<int>(number(object(span.at("status"), {"code", "message"}), "code"));
        out.attributes = read_attributes(span);
        EXPECT_FALSE(out.name.empty());
        EXPECT_LE(out.start, out.end) << out.name;
        spans.push_back(std::move(out));
    }
};

}  // namespace sluice::test
