#pragma once

#include "config/load.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::test {

using Environment = std::map<std::string, std::string, std::less<>>;

/// Nothing of the machine: no .env, no environment but the given one.
inline ConfigSources sources(Environment environment = {})
{
    ConfigSources out;
    out.env_file = "";
    out.environment = std::move(environment);
    return out;
}

inline LoadedConfig load(std::string_view text, const ConfigSources& from = sources())
{
    auto loaded = load_config_text(text, "sluice.yaml", from);
    if (loaded) return std::move(*loaded);
    for (const auto& line : loaded.error()) ADD_FAILURE() << line;
    return {};
}

inline ConfigErrors errors(std::string_view text, const ConfigSources& from = sources())
{
    auto loaded = load_config_text(text, "sluice.yaml", from);
    return loaded ? ConfigErrors{} : std::move(loaded.error());
}

/// The provider with this name; fails the test where there is none.
inline ProviderConfig provider(const LoadedConfig& loaded, std::string_view name)
{
    const auto& all = loaded.config.providers;
    const auto found = std::ranges::find(all, name, &ProviderConfig::name);
    EXPECT_NE(found, all.end()) << "no provider " << name;
    return found == all.end() ? ProviderConfig{} : *found;
}

inline std::string read_file(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    EXPECT_TRUE(file) << path;
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

/// A directory that goes away with the test.
class TemporaryDirectory {
public:
    TemporaryDirectory()
    {
        std::string pattern = (std::filesystem::temp_directory_path() / "sluice-XXXXXX").string();
        path_ = ::mkdtemp(pattern.data());
    }
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    ~TemporaryDirectory() { std::filesystem::remove_all(path_); }

    std::string path() const { return path_; }
    /// Writes a file and returns its path.
    std::string file(const std::string& name, std::string_view text) const
    {
        const auto path = path_ + "/" + name;
        std::ofstream(path, std::ios::binary) << text;
        return path;
    }
    std::string directory(const std::string& name) const
    {
        const auto path = path_ + "/" + name;
        std::filesystem::create_directory(path);
        return path;
    }

private:
    std::string path_;
};

}  // namespace sluice::test
