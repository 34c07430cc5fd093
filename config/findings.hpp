#pragma once

#include "config/load.hpp"

#include <compare>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// Where something was said: a place in a file, or a variable, or a flag.
struct Place {
    std::string source;  ///< "sluice.yaml", "environment OPENAI_API_KEY", "command line --listen"
    int line = 0;        ///< from 1; 0: the source is no file
    int column = 0;
};

/// Setting path -> where it was said. The path "" is the whole configuration.
using Places = std::map<std::string, Place, std::less<>>;
/// Of the setting, or of the nearest one around it that was said at all.
Place place_of(const Places& places, std::string_view path);

/// Collects whatever is wrong, so that all of it is told at once.
class Findings {
public:
    void add(Place place, std::string_view path, std::string message);
    bool empty() const { return findings_.empty(); }
    /// In order of place: files by line and column, then the environment.
    ConfigErrors lines() const;

private:
    struct Finding {
        Place place;
        std::string path;
        std::string message;
    };
    std::vector<Finding> findings_;
};

/// ` (did you mean "x"?)` with the word most like this one; empty where none is near.
std::string did_you_mean(std::string_view word, std::span<const std::string> known);

}  // namespace sluice
