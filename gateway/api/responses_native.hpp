#pragma once

#include "api/response_event.hpp"
#include "api/responses_object.hpp"
#include "core/chat.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace sluice {

/// A provider's own events, passed on with what it does not know put in.
class NativeResponseEvents {
public:
    explicit NativeResponseEvents(const ResponseObject& object) : object_(object) {}

    void append(std::string& out, const NativeEvent& event);
    std::string finish(std::string& out);
    void fail(std::string& out, const Error& error);

private:
    const ResponseObject& object_;
    EventNumbers events_;
    std::string response_;                    // the last one seen
    std::optional<NativeEvent> end_;          // is held until the answer has been kept
    std::optional<std::int64_t> end_number_;  // once it was passed on

    void pass_on(std::string& out, const NativeEvent& event);
};

}  // namespace sluice
