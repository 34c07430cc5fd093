#include "store/open_store.hpp"

#include "store/memory_store.hpp"
#include "store/sqlite_store.hpp"

namespace sluice {

Result<std::unique_ptr<Store>> open_store(const StateConfig& config)
{
    const Retention retention{
        .keep = std::chrono::duration_cast<std::chrono::seconds>(config.keep)
    };
    switch (config.store) {
        case StateStore::memory: return std::make_unique<MemoryStore>(retention);
        case StateStore::sqlite: break;
    }
    return SqliteStore::open(config.path, retention);
}

}  // namespace sluice
