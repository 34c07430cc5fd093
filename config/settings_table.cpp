#include "config/settings_table.hpp"

#include "config/settings.hpp"
#include "core/error.hpp"

namespace sluice {
namespace {

class RowCollector {
public:
    template <class T>
    void setting(
        std::string_view key, const T& member, std::string_view about, const Rule& rule = {}
    )
    {
        add(key, kind_of(member, rule), write_value(member), about);
    }
    void setting(std::string_view key, const Headers&, std::string_view about, const Rule&)
    {
        add(key, "map of text, secret", "{}", about);
    }
    template <class Body>
    void group(std::string_view key, std::string_view, Body body)
    {
        within(concat(path_, key, "."), body);
    }
    template <class T>
    void named(std::string_view key, const std::vector<T>&, std::string_view)
    {
        within(concat(path_, key, ".<name>."), [&] { describe(*this, defaults<T>); });
    }
    template <class T>
    void list(std::string_view key, const std::vector<T>&, std::string_view)
    {
        within(concat(path_, key, "[]."), [&] { describe(*this, defaults<T>); });
    }

    std::vector<SettingRow> rows;

private:
    template <class T>
    static inline const T defaults{};
    std::string path_;

    void add(std::string_view key, std::string kind, std::string value, std::string_view about)
    {
        rows.push_back({concat(path_, key), std::move(kind), std::move(value), std::string(about)});
    }

    template <class Body>
    void within(std::string path, Body body)
    {
        std::swap(path, path_);
        body();
        std::swap(path, path_);
    }
};

}  // namespace

std::vector<SettingRow> settings_table()
{
    RowCollector collector;
    const Config config;
    describe(collector, config);
    return std::move(collector.rows);
}

}  // namespace sluice
