#include "config/findings.hpp"

#include "core/error.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace sluice {
namespace {

/// Insertions, deletions, replacements and swaps of neighbours that turn a into b.
std::size_t edits(std::string_view a, std::string_view b)
{
    std::vector<std::size_t> before, last(b.size() + 1), row(b.size() + 1);
    std::iota(last.begin(), last.end(), 0u);
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
        before = std::exchange(last, row);
    }
    return last[b.size()];
}

/// Keys and values of a file reach the terminal here.
std::string printable(std::string text)
{
    for (char& c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
    return text;
}

}  // namespace

Place place_of(const Places& places, std::string_view path)
{
    for (;;) {
        if (const auto found = places.find(path); found != places.end()) return found->second;
        if (path.empty()) return {};
        const auto cut = path.find_last_of(".[");
        path = path.substr(0, cut == std::string_view::npos ? 0 : cut);
    }
}

void Findings::add(Place place, std::string_view path, std::string message)
{
    findings_.push_back({std::move(place), std::string(path), std::move(message)});
}

ConfigErrors Findings::lines() const
{
    auto sorted = findings_;
    std::ranges::sort(sorted, {}, [](const Finding& finding) {
        const auto& place = finding.place;
        return std::tuple(
            place.line == 0, place.source, place.line, place.column, finding.path, finding.message
        );
    });
    ConfigErrors out;
    for (auto& [place, path, message] : sorted) {
        std::string line = place.source;
        if (place.line > 0)
            line += concat(":", std::to_string(place.line), ":", std::to_string(place.column));
        // A variable or a flag is its own path.
        if (!path.empty() && (place.line > 0 || line.empty()))
            line += line.empty() ? path : ": " + path;
        if (!line.empty()) line += ": ";
        out.push_back(printable(line + message));
    }
    return out;
}

std::string did_you_mean(std::string_view word, std::span<const std::string> known)
{
    const std::string* best = nullptr;
    std::size_t least = std::max<std::size_t>(1, std::min<std::size_t>(word.size(), 64) / 3) + 1;
    if (word.size() > 64) return {};
    for (const auto& candidate : known)
        if (const auto count = edits(word, candidate); count < least) {
            least = count;
            best = &candidate;
        }
    return best ? concat(" (did you mean \"", *best, "\"?)") : std::string();
}

}  // namespace sluice
