#include "upstream/read_buffer.hpp"

#include <algorithm>
#include <cstring>

namespace sluice {

std::span<char> ReadBuffer::prepare()
{
    const auto kept = end_ - begin_;
    if (kept > 0 && begin_ > 0) std::memmove(data_.get(), data_.get() + begin_, kept);
    begin_ = 0;
    end_ = kept;
    if (capacity_ == 0)
        resize(smallest);
    else if ((filled_ || end_ == capacity_) && capacity_ < largest)
        resize(capacity_ * 2);
    return {data_.get() + end_, capacity_ - end_};
}

void ReadBuffer::commit(std::size_t n)
{
    end_ += n;
    filled_ = end_ == capacity_;
}

void ReadBuffer::reset()
{
    if (capacity_ > smallest) {
        data_.reset();
        capacity_ = 0;
    }
    begin_ = end_ = 0;
    filled_ = false;
}

void ReadBuffer::resize(std::size_t capacity)
{
    auto data = std::make_unique_for_overwrite<char[]>(capacity);
    if (end_ > 0) std::memcpy(data.get(), data_.get(), end_);
    data_ = std::move(data);
    capacity_ = capacity;
}

}  // namespace sluice
