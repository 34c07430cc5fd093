#include "config/load.hpp"
#include "config/settings.hpp"
#include "core/error.hpp"

#include <algorithm>

namespace sluice {
namespace {

constexpr std::string_view hidden = "\"***\"";

/// Writes what it visits as YAML, an origin behind each value that has one.
class Printer {
public:
    explicit Printer(const std::map<std::string, std::string>& origins) : origins_(origins) {}

    template <class T>
    void setting(std::string_view key, const T& member, std::string_view, const Rule& rule = {})
    {
        const auto value = write_value(member);
        line(key, rule.secret && value != write_value(std::string()) ? std::string(hidden) : value);
    }
    void setting(std::string_view key, const Headers& headers, std::string_view, const Rule&)
    {
        if (headers.empty()) return line(key, "{}");
        line(key, "");
        ++depth_;
        for (const auto& [name, value] : headers) line(name, hidden);
        --depth_;
    }
    template <class Body>
    void group(std::string_view key, std::string_view, Body body)
    {
        line(key, "");
        below(key, body);
    }
    template <class T>
    void named(std::string_view key, const std::vector<T>& members, std::string_view)
    {
        if (members.empty()) return line(key, "{}");
        group(key, "", [&] {
            for (const auto& member : members) {
                line(member.name, "", origin_of(member.name));
                below(member.name, [&] { describe(*this, member); });
            }
        });
    }
    template <class T>
    void list(std::string_view key, const std::vector<T>& members, std::string_view)
    {
        if (members.empty()) return line(key, "[]");
        line(key, "");
        for (std::size_t i = 0; i < members.size(); ++i) {
            first_of_element_ = true;
            below(
                concat(key, "[", std::to_string(i), "]"), [&] { describe(*this, members[i]); }, 2
            );
        }
    }

    std::string out;

private:
    const std::map<std::string, std::string>& origins_;
    std::string path_;
    int depth_ = 0;
    bool first_of_element_ = false;

    template <class Body>
    void below(std::string_view step, Body body, int deeper = 1)
    {
        auto path = concat(path_, step, ".");
        std::swap(path, path_);
        depth_ += deeper;
        body();
        depth_ -= deeper;
        std::swap(path, path_);
    }

    std::string_view origin_of(std::string_view key) const
    {
        const auto found = origins_.find(concat(path_, key));
        return found == origins_.end() ? std::string_view() : found->second;
    }

    void line(std::string_view key, std::string_view value, std::string_view origin = {})
    {
        std::string text(static_cast<std::size_t>(2 * depth_), ' ');
        if (std::exchange(first_of_element_, false)) text[text.size() - 2] = '-';
        text += concat(write_value(std::string(key)), ":");
        if (!value.empty()) {
            text += concat(" ", value);
            origin = origin_of(key);
        }
        if (!origin.empty()) {
            text.resize(std::max<std::size_t>(text.size(), 44), ' ');
            text += concat("  # ", origin);
        }
        out += text + '\n';
    }
};

}  // namespace

std::string print_config(const LoadedConfig& loaded)
{
    Printer printer(loaded.origins);
    describe(printer, loaded.config);
    return std::move(printer.out);
}

}  // namespace sluice
