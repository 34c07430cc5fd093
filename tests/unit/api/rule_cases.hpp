#pragma once

#include "core/error.hpp"

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// A value that breaks a rule, where the error says so, and what it says.
struct Breach {
    std::string value;
    std::string param;
    std::string message;
};

/// What one field takes and what it refuses.
struct RuleCase {
    std::string field;
    std::vector<std::string> accepted;
    std::vector<Breach> refused;

    friend void PrintTo(const RuleCase& rule, std::ostream* out) { *out << rule.field; }
};

inline std::string rule_name(const testing::TestParamInfo<RuleCase>& info)
{
    return info.param.field;
}

/// Holds parse, which takes a whole body, against a case; body_with makes a body of a value.
template <class Parse, class BodyWith>
void expect_rule(const RuleCase& rule, Parse parse, BodyWith body_with)
{
    for (const auto& value : rule.accepted) {
        const auto parsed = parse(body_with(value));
        EXPECT_TRUE(parsed) << value << ": " << parsed.error().message;
    }
    for (const auto& [value, param, message] : rule.refused) {
        const auto parsed = parse(body_with(value));
        ASSERT_FALSE(parsed) << value;
        EXPECT_EQ(parsed.error().kind, ErrorKind::invalid_request) << value;
        EXPECT_EQ(parsed.error().param, param) << value;
        EXPECT_EQ(parsed.error().message, param + " " + message) << value;
    }
}

}  // namespace sluice
