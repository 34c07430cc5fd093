#pragma once

#include "core/http.hpp"
#include "server/head_guard.hpp"

#include <string>
#include <string_view>

namespace sluice {

/// The answer to a request that no handler answered.
struct RefusalAnswer {
    HeaderBlock headers;
    std::string body;
};

/// In the form of the surface that the request's head asks for, as far as there is a head.
RefusalAnswer refusal_answer(
    const HeadRefusal& refusal, std::string_view head, std::string_view request_id
);

}  // namespace sluice
