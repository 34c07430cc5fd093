#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace sluice {

/// Bytes received and not yet parsed, in one piece of memory. It starts small, because most of a
/// worker's connections carry slow streams, and grows where a peer fills it at every read.
class ReadBuffer {
public:
    static constexpr std::size_t smallest = 2 * 1024;
    static constexpr std::size_t largest = 64 * 1024;

    std::string_view unread() const { return {data_.get() + begin_, end_ - begin_}; }
    void consume(std::size_t n) { begin_ += n; }

    /// Room for the next read; invalidates what unread() gave. Empty: full of unread bytes.
    std::span<char> prepare();
    /// The first n bytes of that room were filled.
    void commit(std::size_t n);

    /// Forgets everything, and gives back what it grew by.
    void reset();

private:
    void resize(std::size_t capacity);

    std::unique_ptr<char[]> data_;
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    bool filled_ = false;  ///< the last read took all the room there was
};

}  // namespace sluice
