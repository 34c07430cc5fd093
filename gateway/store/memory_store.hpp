#pragma once

#include "store/store.hpp"

#include <list>
#include <mutex>
#include <string_view>
#include <unordered_map>

namespace sluice {

/// Keeps everything in memory, for demos and tests: nothing survives the process. What was put
/// longest ago makes room for the new.
class MemoryStore final : public Store {
public:
    static constexpr std::size_t default_max_bytes = 256u << 20;

    explicit MemoryStore(Retention retention = {}, std::size_t max_bytes = default_max_bytes);

    Task<Result<void>> put(StoredResponse response) override;
    Task<Result<std::optional<StoredResponse>>> response(std::string id, std::string caller)
        override;
    Task<Result<std::optional<std::vector<StoredResponse>>>> conversation(
        std::string id, std::string caller
    ) override;
    Task<Result<bool>> erase(std::string id, std::string caller) override;
    std::string_view kind() const override { return "memory"; }
    bool up() const override { return true; }

    std::size_t bytes() const;

private:
    using Responses = std::list<StoredResponse>;

    const Retention retention_;
    const std::size_t max_bytes_;
    mutable std::mutex mutex_;
    Responses responses_;                                              // in the order they were put
    std::unordered_map<std::string_view, Responses::iterator> by_id_;  // views of responses_
    std::size_t bytes_ = 0;

    Result<void> insert(StoredResponse response);
    const StoredResponse* find(const std::string& id, const std::string& caller) const;
    void remove(Responses::iterator response);
};

}  // namespace sluice
