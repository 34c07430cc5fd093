#pragma once

#include "config/config.hpp"
#include "config/import/connection.hpp"
#include "config/import/report.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice {

struct DraftTarget {
    std::size_t provider = 0;  ///< what ImportDraft::add gave
    std::string model;
    double weight = 1;

    bool operator==(const DraftTarget&) const = default;
};

struct DraftRoute {
    std::string path;  ///< for the report
    std::string name;  ///< theirs; callers go on using it where it can be a route's
    Strategy strategy = Strategy::fallback;
    std::vector<DraftTarget> targets;
    bool fall_back_on_filter = false;
    std::string about;  ///< stands above it as a comment
};

/// What came of an import: our file, and what a person should know.
struct ImportedConfig {
    std::string yaml;    ///< empty: nothing useful was found
    std::string report;  ///< lines for standard error
};

/// A configuration of ours that grows while another gateway's is read. Names are given at the end,
/// when it is known which are taken, by routes and by variables of the environment.
class ImportDraft {
public:
    Config config;  ///< everything but providers, routes and keys
    ImportReport report;

    /// The same settings and key twice are one provider.
    std::size_t add(DraftProvider provider);
    ProviderConfig& provider(std::size_t index) { return providers_[index].config; }
    /// The model is the provider's default from now on, unless it has one.
    void offer(std::size_t provider, const std::string& model, bool embeddings = false);

    /// Targets that are the same become one with their weights together. Without targets: nothing.
    void add(DraftRoute route);
    /// A key that callers show. value: theirs; only its digest is written.
    void add_key(
        GatewayKeyConfig key,
        const std::string& path,
        const std::string& value,
        std::string_view variable_prefix
    );

    ImportedConfig finish(std::string_view tool, std::string_view file);

private:
    std::vector<DraftProvider> providers_;
    std::vector<std::string> identities_;
    std::vector<DraftRoute> routes_;
    std::map<std::string, std::string> comments_;  ///< path in our file -> what stands above it
    std::map<std::pair<std::string, std::string>, std::string>
        header_variables_;  ///< a hidden header's name and digest -> the variable for its value

    void name_routes(bool with_slash);
    void name_providers();
    void name_provider(std::size_t index);
    void name_headers(DraftProvider& draft);
    std::string header_variable(const std::string& provider, const HiddenHeader& header);
    bool is_free(const std::string& name, std::size_t index) const;
    std::string summary(
        std::string_view tool, std::string_view file, const std::vector<std::string>& variables
    ) const;
};

}  // namespace sluice
