#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace sluice::test {

/// A value for each variable that an imported configuration lists at its top, of the kind that its
/// name tells: an address, a digest, a key.
inline std::map<std::string, std::string, std::less<>> values_for(std::string_view yaml)
{
    std::map<std::string, std::string, std::less<>> out;
    for (auto at = yaml.find("\n#   "); at != yaml.npos; at = yaml.find("\n#   ", at + 1)) {
        const auto begin = at + 5;
        const std::string name(yaml.substr(begin, yaml.find('\n', begin) - begin));
        const auto count = std::to_string(100 + out.size());
        out[name] = name.ends_with("_SHA256") ? std::string(61, 'a') + count
                                              : "https://" + count + ".example";
    }
    return out;
}

}  // namespace sluice::test
