#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <memory>
#include <utility>

namespace sluice {

/// Objects on their way from one thread to another, in order and without a lock: one thread gives,
/// one at a time takes.
template <class T, std::size_t capacity>
class HandOver {
    static_assert(std::has_single_bit(capacity));

public:
    /// False where there is no room; `object` is then as it was. Whoever gives and then sees that
    /// the other sleeps (a sequentially consistent load) can rely on it: the other, where it says
    /// so before it looks here, does not miss the object.
    bool give(std::unique_ptr<T>& object)
    {
        const auto at = given_.load(std::memory_order_relaxed);
        if (at - taken_.load(std::memory_order_acquire) == capacity) return false;
        slots_[at % capacity] = std::move(object);
        given_.store(at + 1);
        return true;
    }

    /// The oldest; nullptr: none waits.
    std::unique_ptr<T> take()
    {
        const auto at = taken_.load(std::memory_order_relaxed);
        if (at == given_.load()) return nullptr;
        auto object = std::move(slots_[at % capacity]);
        taken_.store(at + 1, std::memory_order_release);
        return object;
    }

    std::size_t size() const
    {
        const auto taken = taken_.load(std::memory_order_acquire);
        return given_.load(std::memory_order_acquire) - taken;
    }

private:
    std::array<std::unique_ptr<T>, capacity> slots_;
    alignas(64) std::atomic<std::size_t> given_ = 0;
    alignas(64) std::atomic<std::size_t> taken_ = 0;
};

}  // namespace sluice
