#pragma once

#include <boost/json.hpp>

#include <cstdint>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

namespace sluice::test {

/// A text and its tokens.
struct Vector {
    std::string text;
    std::vector<std::uint32_t> o200k;
    std::vector<std::uint32_t> cl100k;
};

inline boost::json::value token_fixture(const std::string& name)
{
    std::ifstream file(std::string(SLUICE_SOURCE_DIR "/tests/fixtures/tokens/") + name);
    if (!file) throw std::runtime_error(name + " cannot be read");
    return boost::json::parse(std::string(std::istreambuf_iterator<char>(file), {}));
}

inline std::vector<Vector> tokenizer_vectors()
{
    std::vector<Vector> out;
    for (const auto& entry : token_fixture("tokenizer_vectors.json").at("cases").as_array())
        out.push_back({
            boost::json::value_to<std::string>(entry.at("text")),
            boost::json::value_to<std::vector<std::uint32_t>>(entry.at("o200k_base")),
            boost::json::value_to<std::vector<std::uint32_t>>(entry.at("cl100k_base")),
        });
    return out;
}

/// A text and how many tokens it is.
struct Sample {
    std::string name;
    std::string text;
    std::int64_t o200k;
    std::int64_t cl100k;
};

/// Prose, code and data, and the vectors too.
inline std::vector<Sample> samples()
{
    std::vector<Sample> out;
    for (const auto& entry : token_fixture("samples.json").at("samples").as_array())
        out.push_back({
            boost::json::value_to<std::string>(entry.at("name")),
            boost::json::value_to<std::string>(entry.at("text")),
            entry.at("o200k_base").as_int64(),
            entry.at("cl100k_base").as_int64(),
        });
    for (const auto& vector : tokenizer_vectors())
        out.push_back({
            vector.text,
            vector.text,
            static_cast<std::int64_t>(vector.o200k.size()),
            static_cast<std::int64_t>(vector.cl100k.size()),
        });
    return out;
}

}  // namespace sluice::test
