#pragma once

#include "config/import/draft.hpp"
#include "config/import/foreign.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// LiteLLM's model groups, their aliases and their fallbacks, and the routes that come of them.
class LitellmRoutes {
public:
    explicit LitellmRoutes(ImportDraft& draft) : draft_(draft), report_(draft.report) {}

    /// A deployment under its model_name; path: its place in the file.
    void add(const std::string& name, const std::string& path, DraftTarget target);
    /// Of router_settings or litellm_settings.
    void read_fallbacks(ForeignMap& settings);
    void read_aliases(ForeignMap aliases, ForeignMap& general);
    /// strategy: of groups with several deployments.
    void finish(Strategy strategy);

private:
    /// The deployments that share a model_name.
    struct Group {
        std::string path;
        std::vector<DraftTarget> targets;
    };
    struct Fallbacks {
        enum class Of { any_failure, window, filter };
        std::string path;
        Of of = Of::any_failure;
        std::vector<std::string> names;
    };
    struct Alias {
        std::string path;
        std::string name;
        std::string group;
    };

    ImportDraft& draft_;
    ImportReport& report_;
    std::vector<std::string> names_;  ///< of groups, in the order of the file
    std::map<std::string, Group> groups_;
    std::vector<Alias> aliases_;
    std::map<std::string, std::vector<Fallbacks>> fallbacks_;  ///< "*": of every group

    void read_fallback_list(ForeignMap& settings, std::string_view key);
    void check_names(const std::string& group, const Fallbacks& fallbacks);
    void no_group(const std::string& path, const std::string& name);
    void add_route(const Alias& alias, Strategy strategy);
    void append_fallbacks(DraftRoute& route, const std::string& group);
    void append(DraftRoute& route, const std::string& group, const Fallbacks& fallbacks);
};

}  // namespace sluice
