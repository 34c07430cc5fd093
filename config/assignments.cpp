#include "config/assignments.hpp"

#include "config/settings.hpp"
#include "core/error.hpp"

namespace sluice {
namespace {

/// Walks the table of settings and sets those that have an assignment.
class Assigner {
public:
    Assigner(const Assignments& assignments, Findings& findings, Places& places)
        : assignments_(assignments), findings_(findings), places_(places)
    {
    }

    template <class T>
    void setting(std::string_view key, T& member, std::string_view, const Rule& rule = {})
    {
        const auto path = concat(path_, key);
        const auto found = assignments_.find(path);
        if (found == assignments_.end()) return;
        const auto& [value, place] = found->second;
        if (auto complaint = read_value(Scalar{value}, rule, member)) {
            findings_.add(place, path, std::move(*complaint));
            return;
        }
        forget_elements(path);
        places_[path] = place;
    }
    void setting(std::string_view, Headers&, std::string_view, const Rule&) {}
    template <class Body>
    void group(std::string_view key, std::string_view, Body body)
    {
        std::string path = concat(path_, key, ".");
        std::swap(path, path_);
        body();
        std::swap(path, path_);
    }
    template <class T>
    void named(std::string_view key, std::vector<T>& members, std::string_view)
    {
        for (auto& member : members)
            group(concat(key, ".", member.name), "", [&] { describe(*this, member); });
    }
    template <class T>
    void list(std::string_view, std::vector<T>&, std::string_view)
    {
    }

private:
    const Assignments& assignments_;
    Findings& findings_;
    Places& places_;
    std::string path_;

    /// A list that is replaced as a whole has its elements elsewhere now.
    void forget_elements(const std::string& path)
    {
        std::erase_if(places_, [&](const auto& entry) {
            return entry.first.starts_with(path + "[");
        });
    }
};

}  // namespace

void assign_settings(
    const Assignments& assignments, Config& config, Findings& findings, Places& places
)
{
    Assigner assigner(assignments, findings, places);
    describe(assigner, config);
}

}  // namespace sluice
