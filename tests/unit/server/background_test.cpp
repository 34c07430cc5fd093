#include "server/background.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <future>
#include <vector>

namespace sluice {
namespace {

TEST(Background, makes_only_so_many_pages_at_once)
{
    asio::io_context context{1};
    Background background;
    std::promise<void> go;
    const auto gone = go.get_future().share();
    std::vector<Result<std::string>> pages;
    const auto ask = [&] {
        asio::co_spawn(
            context,
            background.run_page(
                context.get_executor(),
                [gone] {
                    gone.wait();
                    return std::string("page");
                }
            ),
            [&](const std::exception_ptr&, Result<std::string> page) {
                pages.push_back(std::move(page));
            }
        );
    };
    for (int i = 0; i < Background::most_pages + 2; ++i) ask();
    context.poll();
    ASSERT_EQ(pages.size(), 2u) << "those past the limit are told at once";
    for (const auto& page : pages) EXPECT_EQ(page.error().kind, ErrorKind::overloaded_here);

    go.set_value();
    context.restart();
    context.run();
    EXPECT_EQ(pages.size(), Background::most_pages + 2u);
    ask();
    context.restart();
    context.run();
    EXPECT_EQ(pages.back(), "page") << "the places are free again";
}

}  // namespace
}  // namespace sluice
