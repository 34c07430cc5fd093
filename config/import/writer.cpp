#include "config/import/writer.hpp"

#include "config/settings.hpp"
#include "core/error.hpp"

#include <vector>

namespace sluice {
namespace {

/// write_value makes every ${ a literal one; here it already says what it means.
std::string as_spelled(std::string text)
{
    for (auto at = text.find("$${"); at != std::string::npos; at = text.find("$${", at + 2))
        text.erase(at, 1);
    return text;
}

template <class T>
std::string spelled(const T& value)
{
    return as_spelled(write_value(value));
}

std::string spelled(const std::string& text)
{
    const auto out = as_spelled(write_value(text));
    const bool one_variable = text.starts_with("${") && text.find('}') == text.size() - 1;
    return one_variable ? text : out;
}

/// The single values of one object, in the order of the table.
class ValueCollector {
public:
    template <class T>
    void setting(std::string_view, const T& member, std::string_view, const Rule& = {})
    {
        values.push_back(spelled(member));
    }
    void setting(std::string_view, const Headers& headers, std::string_view, const Rule&)
    {
        auto& text = values.emplace_back();
        for (const auto& [name, value] : headers) text += concat(name, ": ", value, "\n");
    }
    template <class Body>
    void group(std::string_view, std::string_view, Body body)
    {
        body();
    }
    template <class T>
    void named(std::string_view, const std::vector<T>&, std::string_view)
    {
    }
    template <class T>
    void list(std::string_view, const std::vector<T>&, std::string_view)
    {
    }

    std::vector<std::string> values;
};

template <class T>
std::vector<std::string> values_of(const T& object)
{
    ValueCollector collector;
    describe(collector, object);
    return std::move(collector.values);
}

/// Walks an object beside one with nothing but defaults.
class Writer {
public:
    explicit Writer(const std::map<std::string, std::string>& comments) : comments_(comments) {}

    template <class T>
    void object(const T& member)
    {
        Defaults defaults{values_of(T{}), 0};
        std::swap(defaults, defaults_);
        describe(*this, member);
        std::swap(defaults, defaults_);
    }

    template <class T>
    void setting(std::string_view key, const T& member, std::string_view, const Rule& = {})
    {
        auto value = spelled(member);
        if (value != defaults_.next()) line(key, value);
    }
    void setting(std::string_view key, const Headers& headers, std::string_view, const Rule&)
    {
        defaults_.next();
        if (headers.empty()) return;
        group(key, "", [&] {
            for (const auto& [name, value] : headers) line(name, spelled(value));
        });
    }
    /// Its line is written once something stands in it.
    template <class Body>
    void group(std::string_view key, std::string_view, Body body)
    {
        open_.push_back({std::string(key)});
        body();
        open_.pop_back();
    }
    template <class T>
    void named(std::string_view key, const std::vector<T>& members, std::string_view)
    {
        group(key, "", [&] {
            for (const auto& member : members) group(member.name, "", [&] { object(member); });
        });
    }
    template <class T>
    void list(std::string_view key, const std::vector<T>& members, std::string_view)
    {
        group(key, "", [&] {
            for (const auto& member : members) {
                open_.push_back({});
                object(member);
                open_.pop_back();
            }
        });
    }

    std::string out;

private:
    struct Level {
        std::string key;  ///< empty: an element of a list
        bool written = false;
    };
    struct Defaults {
        std::vector<std::string> values;
        std::size_t at = 0;

        std::string_view next() { return values[at++]; }
    };

    const std::map<std::string, std::string>& comments_;
    std::vector<Level> open_;
    Defaults defaults_;

    void line(std::string_view key, std::string_view value)
    {
        std::string path;
        for (std::size_t depth = 0; depth < open_.size(); ++depth) {
            auto& level = open_[depth];
            path += concat(path.empty() ? "" : ".", level.key);
            if (!level.key.empty() && !level.written) begin(path, level, depth);
        }
        const auto text = concat(write_value(std::string(key)), ": ", value);
        const bool dash = !open_.empty() && open_.back().key.empty() && !open_.back().written;
        if (dash) open_.back().written = true;
        write(dash ? concat("- ", text) : text, open_.size() - (dash ? 1 : 0));
    }

    void begin(const std::string& path, Level& level, std::size_t depth)
    {
        level.written = true;
        if (depth == 0 && !out.empty()) out += '\n';
        if (const auto comment = comments_.find(path); comment != comments_.end())
            write(concat("# ", comment->second), depth);
        write(concat(write_value(level.key), ":"), depth);
    }

    void write(std::string_view text, std::size_t depth)
    {
        out += concat(std::string(2 * depth, ' '), text, "\n");
    }
};

}  // namespace

std::string write_config(const Config& config, const std::map<std::string, std::string>& comments)
{
    Writer writer(comments);
    writer.object(config);
    return std::move(writer.out);
}

std::string fingerprint(const ProviderConfig& provider)
{
    std::string out;
    for (const auto& value : values_of(provider)) out += concat(value, "\n");
    return out;
}

}  // namespace sluice
