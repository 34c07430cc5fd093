#include "upstream/read_buffer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace sluice {
namespace {

void receive(ReadBuffer& buffer, std::string_view bytes)
{
    const auto room = buffer.prepare();
    ASSERT_GE(room.size(), bytes.size());
    std::ranges::copy(bytes, room.begin());
    buffer.commit(bytes.size());
}

TEST(ReadBuffer, keeps_what_was_not_consumed)
{
    ReadBuffer buffer;
    EXPECT_EQ(buffer.unread(), "");
    receive(buffer, "hello ");
    buffer.consume(4);
    receive(buffer, "world");
    EXPECT_EQ(buffer.unread(), "o world");
}

TEST(ReadBuffer, stays_small_while_reads_are_small)
{
    ReadBuffer buffer;
    for (int i = 0; i < 100; ++i) {
        receive(buffer, std::string(1000, 'x'));
        buffer.consume(1000);
    }
    EXPECT_EQ(buffer.prepare().size(), ReadBuffer::smallest);
}

TEST(ReadBuffer, grows_where_reads_fill_it_up_to_its_limit)
{
    ReadBuffer buffer;
    std::size_t last = 0;
    for (int i = 0; i < 10; ++i) {
        last = buffer.prepare().size();
        buffer.commit(last);
        buffer.consume(last);
    }
    EXPECT_EQ(last, ReadBuffer::largest);
}

TEST(ReadBuffer, has_no_room_once_the_largest_is_full_of_unread_bytes)
{
    ReadBuffer buffer;
    while (!buffer.prepare().empty()) {
        const auto n = buffer.prepare().size();
        std::ranges::fill(buffer.prepare(), 'x');
        buffer.commit(n);
    }
    EXPECT_EQ(buffer.unread(), std::string(ReadBuffer::largest, 'x'));
}

TEST(ReadBuffer, gives_back_what_it_grew_by)
{
    ReadBuffer buffer;
    for (int i = 0; i < 3; ++i) buffer.commit(buffer.prepare().size());
    buffer.reset();
    EXPECT_EQ(buffer.unread(), "");
    EXPECT_EQ(buffer.prepare().size(), ReadBuffer::smallest);
}

}  // namespace
}  // namespace sluice
