#pragma once

#include "core/error.hpp"
#include "core/json.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice {

/// Numbers the events of one stream, without a gap, and writes them.
class EventNumbers {
public:
    /// An event whose further members fill(writer) adds.
    template <class Fill>
    void append(std::string& out, std::string_view type, Fill fill)
    {
        out.append("event: ").append(type).append("\ndata: ");
        json::ObjectWriter data(out);
        data.field("type", type).field("sequence_number", next_++);
        fill(data);
        data.close();
        out += "\n\n";
    }
    /// What ends a stream that failed: the error in both shapes that clients look for, then the
    /// response that came to nothing (provider-apis.md 7.4).
    void append_failure(std::string& out, const Error& error, std::string_view failed_response);

    std::int64_t next() const { return next_; }
    std::int64_t take() { return next_++; }
    void go_back_to(std::int64_t next) { next_ = next; }

private:
    std::int64_t next_ = 0;
};

/// The "error" of a failed response.
std::string response_error_json(const Error& error);

}  // namespace sluice
