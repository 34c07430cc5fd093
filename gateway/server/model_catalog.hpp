#pragma once

#include "api/model_entry.hpp"
#include "server/visit.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// The provider's live list joined with the table and the configuration; without a key, or while
/// the provider cannot be asked, the table's. The error is the provider's, where the table has
/// nothing either.
Task<Result<std::vector<ModelEntry>>> models_of(
    Visit& visit, const Provider& provider, TimePoint deadline
);
/// One model of a provider, as far as the table and the configuration know it.
ModelEntry describe_model(const Provider& provider, const ModelTable& table, std::string_view id);

/// What is to be said of a shutdown date within 30 days of today, or past.
std::optional<std::string> shutdown_notice(
    std::string_view shutdown_date, std::chrono::sys_days today
);

}  // namespace sluice
