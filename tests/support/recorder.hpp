#pragma once

#include "core/base64.hpp"
#include "core/http.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <cstdlib>
#include <fcntl.h>
#include <span>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>

namespace sluice::test {

/// Keeps what one connection says, for tests/sdk to hold against the description of the API: where
/// SLUICE_RECORD names a file, each exchange whose answer came to its end is a line of JSON there.
class Recorder {
public:
    void sent(std::string_view bytes)
    {
        if (file() >= 0 && request_.size() < most) request_ += bytes.substr(0, most);
    }

    void answered(int status, std::span<const Header> headers, std::string_view body)
    {
        if (file() < 0 || status < 200) return;
        boost::json::object named;
        for (const auto& [name, value] : headers) named[name] = value;
        const boost::json::object line{
            {"request", base64(std::exchange(request_, {}))},
            {"status", status},
            {"headers", std::move(named)},
            {"body", base64(body.substr(0, most))},
            {"whole", body.size() <= most},
        };
        const auto text = boost::json::serialize(line) + "\n";
        [[maybe_unused]] const auto written = write(file(), text.data(), text.size());
    }

private:
    static constexpr std::size_t most = 1 << 20;
    std::string request_;  // since the last answer

    /// -1: nothing is recorded.
    static int file()
    {
        static const int one = [] {
            const char* name = std::getenv("SLUICE_RECORD");
            return name ? open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
        }();
        return one;
    }
};

}  // namespace sluice::test
