#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sluice {

/// A model, or a route, as it is listed. 0 and empty stand for unknown.
struct ModelEntry {
    std::string id{};
    std::string provider{};  ///< its configured name; empty: a route
    std::string description{};
    std::string mode{};  ///< chat, embedding, ...
    std::string owned_by{};
    std::int64_t created = 0;  ///< seconds since 1970
    std::int64_t context_window = 0;
    std::int64_t max_output_tokens = 0;
    double input_price = 0;  ///< USD per million tokens
    double output_price = 0;
    bool images = false;
    bool reasoning = false;
    std::string shutdown_date{};         ///< YYYY-MM-DD; empty: none announced
    std::string warning{};               ///< for people: what is soon to happen to it
    std::vector<std::string> targets{};  ///< of a route: provider/model
};

}  // namespace sluice
