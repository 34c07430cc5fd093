#pragma once

#include "core/error.hpp"
#include "support/raw_client.hpp"
#include "telemetry/log.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <chrono>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace sluice::test {

/// The bytes of a request. headers: whole lines, each with its line break.
inline std::string request_text(
    std::string_view method,
    std::string_view path,
    std::string_view body = "",
    std::string_view headers = ""
)
{
    auto text = concat(method, " ", path, " HTTP/1.1\r\nHost: gateway\r\n", headers);
    if (!body.empty())
        text += concat(
            "Content-Type: application/json\r\nContent-Length: ",
            std::to_string(body.size()),
            "\r\n"
        );
    return text + "\r\n" + std::string(body);
}

/// A whole exchange on a connection of its own.
inline RawResponse call(
    std::uint16_t port,
    std::string_view method,
    std::string_view path,
    std::string_view body = "",
    std::string_view headers = ""
)
{
    RawClient client(port);
    return client.send(request_text(method, path, body, headers)).read_response(method);
}
inline RawResponse get(std::uint16_t port, std::string_view path, std::string_view headers = "")
{
    return call(port, "GET", path, "", headers);
}
inline RawResponse post(
    std::uint16_t port, std::string_view path, std::string_view body, std::string_view headers = ""
)
{
    return call(port, "POST", path, body, headers);
}

/// What stands at a JSON pointer of a body, as JSON text; "(none)" where there is nothing.
inline std::string at(std::string_view body, std::string_view pointer)
{
    boost::system::error_code error;
    const auto tree = boost::json::parse(body, error);
    if (error) return "(no JSON)";
    const auto* found = tree.find_pointer(pointer, error);
    return found ? boost::json::serialize(*found) : "(none)";
}

/// Waits for what another thread is about to bring about.
template <class Condition>
bool eventually(Condition condition, milliseconds patience = milliseconds(3000))
{
    const auto until = Clock::now() + patience;
    while (!condition()) {
        if (Clock::now() >= until) return false;
        std::this_thread::sleep_for(milliseconds(2));
    }
    return true;
}

/// Every line of the log, from now until it goes.
class CapturedLog {
public:
    explicit CapturedLog(std::string_view level = "debug")
    {
        const std::lock_guard lock(mutex());
        lines().clear();
        set_log_level(level);
        capture_log([](std::string_view line) {
            const std::lock_guard inner(mutex());
            lines().emplace_back(line);
        });
    }
    ~CapturedLog()
    {
        capture_log(nullptr);
        set_log_level("error");
    }
    CapturedLog(const CapturedLog&) = delete;

    std::string text() const
    {
        const std::lock_guard lock(mutex());
        std::string all;
        for (const auto& line : lines()) all += line + "\n";
        return all;
    }
    /// The first line with this text in it, awaited; empty: none came.
    std::string line_with(std::string_view part, milliseconds patience = milliseconds(3000)) const
    {
        std::string found;
        eventually([&] { return !(found = find(part)).empty(); }, patience);
        return found;
    }

private:
    static std::mutex& mutex()
    {
        static std::mutex one;
        return one;
    }
    static std::vector<std::string>& lines()
    {
        static std::vector<std::string> all;
        return all;
    }
    static std::string find(std::string_view part)
    {
        const std::lock_guard lock(mutex());
        for (const auto& line : lines())
            if (line.contains(part)) return line;
        return {};
    }
};

}  // namespace sluice::test
