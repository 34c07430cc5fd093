#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::test {

/// One case of a provider: the directory tests/fixtures/<provider>/<case>.
struct Fixture {
    std::filesystem::path directory;

    std::string name() const { return directory.filename().string(); }
    std::string provider() const { return directory.parent_path().filename().string(); }
    bool has(std::string_view file) const { return std::filesystem::exists(directory / file); }
    /// The bytes of a file of the case.
    std::string read(std::string_view file) const
    {
        std::ifstream in(directory / file, std::ios::binary);
        if (!in) throw std::runtime_error((directory / file).string() + " cannot be read");
        return {std::istreambuf_iterator<char>(in), {}};
    }
};

inline void PrintTo(const Fixture& fixture, std::ostream* out)
{
    *out << fixture.name();
}

/// The cases of a provider that have a file of this name, sorted.
inline std::vector<Fixture> fixtures(std::string_view provider, std::string_view file)
{
    std::vector<Fixture> found;
    const auto root = std::filesystem::path(SLUICE_SOURCE_DIR) / "tests/fixtures" / provider;
    for (const auto& entry : std::filesystem::directory_iterator(root)) {
        Fixture fixture{entry.path()};
        if (fixture.has(file)) found.push_back(std::move(fixture));
    }
    std::ranges::sort(found, {}, &Fixture::directory);
    return found;
}

/// Names a test after its case.
inline std::string fixture_name(const testing::TestParamInfo<Fixture>& info)
{
    return info.param.name();
}

}  // namespace sluice::test
