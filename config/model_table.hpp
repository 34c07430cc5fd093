#pragma once

#include "core/chat.hpp"
#include "core/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// USD per million tokens; 0 where the provider has no such rate.
struct Prices {
    double input = 0;
    double cached = 0;
    double cache_write = 0;
    double output = 0;
    double audio_input = 0;   ///< 0: as input
    double audio_output = 0;  ///< 0: as output
    double per_hour = 0;      ///< USD for an hour of audio
};

struct ModelInfo {
    std::string id;
    std::string provider;             ///< type of the provider: openai, mistral, ...
    std::string mode;                 ///< chat, embedding, ...
    std::int64_t context_window = 0;  ///< 0: unknown
    std::int64_t max_output = 0;
    Prices prices;
    std::int64_t tier_above =
        0;  ///< input tokens above which tier_prices hold for the whole request; 0: no tier
    Prices tier_prices;
    bool images = false;  ///< a prompt may hold some
    bool reasoning = false;
    std::vector<std::string> efforts;  ///< accepted values of reasoning_effort
    std::string shutdown_date;         ///< YYYY-MM-DD; empty: none announced
    std::string description;           ///< one line made of the above, for /models
};

/// What is known of the providers' models: config/models.yaml, built into the program. Sorted by
/// id.
class ModelTable {
public:
    /// The built-in table; parsed once, on first use.
    static const ModelTable& built_in();
    explicit ModelTable(std::vector<ModelInfo> models);

    /// The entry with this id and provider type; nullptr where there is none.
    const ModelInfo* find(std::string_view provider_type, std::string_view id) const;
    /// The first entry with this id of any provider.
    const ModelInfo* find(std::string_view id) const;
    std::vector<const ModelInfo*> of_provider(std::string_view provider_type) const;
    /// The same with those that are shut down.
    std::vector<const ModelInfo*> ever_of_provider(std::string_view provider_type) const;

private:
    std::vector<ModelInfo> models_;
};

/// What a usage costs in USD, by the kind of token. Parts: their sum is the whole.
struct Cost {
    double input = 0;
    double cache_read = 0;
    double cache_write = 0;
    double output = 0;
    double reasoning = 0;

    double total() const { return input + cache_read + cache_write + output + reasoning; }
};

/// At these rates; nullopt where there is no price.
std::optional<Cost> cost_of(const Usage& usage, const Prices& rates);
/// At the model's, of the tier that so many input tokens belong to.
std::optional<Cost> cost_of(const Usage& usage, const ModelInfo& model);

}  // namespace sluice
