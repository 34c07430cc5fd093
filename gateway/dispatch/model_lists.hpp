#pragma once

#include "core/task.hpp"
#include "core/time.hpp"
#include "routing/router.hpp"
#include "upstream/pools.hpp"

#include <map>
#include <string>
#include <vector>

namespace sluice {

/// The providers' live model lists, each kept a few minutes. One per worker.
class ModelLists {
public:
    explicit ModelLists(Pools& pools) : pools_(pools) {}

    /// The list of a provider, with the caller's own key where there is one (then never kept).
    Task<Result<std::vector<ListedModel>>> get(
        const Provider& provider, const std::string& own_key, TimePoint deadline
    );
    void clear() { kept_.clear(); }

private:
    struct Kept {
        TimePoint until;
        std::vector<ListedModel> models;
    };
    Pools& pools_;
    std::map<std::string, Kept, std::less<>> kept_;
};

}  // namespace sluice
