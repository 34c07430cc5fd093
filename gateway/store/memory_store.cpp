#include "store/memory_store.hpp"

#include "store/chain.hpp"

namespace sluice {

MemoryStore::MemoryStore(Retention retention, std::size_t max_bytes)
    : retention_(std::move(retention)), max_bytes_(max_bytes)
{
}

Task<Result<void>> MemoryStore::put(StoredResponse response)
{
    const std::lock_guard lock(mutex_);
    co_return insert(std::move(response));
}

Task<Result<std::optional<StoredResponse>>> MemoryStore::response(
    std::string id, std::string caller
)
{
    const std::lock_guard lock(mutex_);
    const auto* found = find(id, caller);
    co_return found ? std::optional(*found) : std::nullopt;
}

Task<Result<std::optional<std::vector<StoredResponse>>>> MemoryStore::conversation(
    std::string id, std::string caller
)
{
    const std::lock_guard lock(mutex_);
    Chain chain(std::move(id));
    while (!chain.wanted().empty()) {
        const auto* link = find(chain.wanted(), caller);
        if (!link) break;
        if (auto added = chain.add(*link); !added)
            co_return std::unexpected(std::move(added).error());
    }
    co_return std::move(chain).take();
}

Task<Result<bool>> MemoryStore::erase(std::string id, std::string caller)
{
    const std::lock_guard lock(mutex_);
    if (!find(id, caller)) co_return false;
    remove(by_id_.at(id));
    co_return true;
}

std::size_t MemoryStore::bytes() const
{
    const std::lock_guard lock(mutex_);
    return bytes_;
}

Result<void> MemoryStore::insert(StoredResponse response)
{
    const auto size = response.bytes();
    if (size > max_bytes_)
        return fail(
            ErrorKind::overloaded_here,
            concat("the store in memory holds no more than ", std::to_string(max_bytes_), " bytes")
        );
    if (const auto old = by_id_.find(response.id); old != by_id_.end()) {
        if (old->second->caller != response.caller)
            return fail(
                ErrorKind::invalid_request, concat(response.id, " is another caller's response")
            );
        remove(old->second);
    }
    const auto horizon = retention_.horizon();
    while (!responses_.empty() &&
           (bytes_ + size > max_bytes_ || responses_.front().created_at < horizon))
        remove(responses_.begin());
    responses_.push_back(std::move(response));
    by_id_.emplace(responses_.back().id, std::prev(responses_.end()));
    bytes_ += size;
    return {};
}

const StoredResponse* MemoryStore::find(const std::string& id, const std::string& caller) const
{
    const auto found = by_id_.find(id);
    if (found == by_id_.end()) return nullptr;
    const auto& response = *found->second;
    const bool readable = response.caller == caller && response.created_at >= retention_.horizon();
    return readable ? &response : nullptr;
}

void MemoryStore::remove(Responses::iterator response)
{
    bytes_ -= response->bytes();
    by_id_.erase(response->id);
    responses_.erase(response);
}

}  // namespace sluice
