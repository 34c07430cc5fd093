#pragma once

#include "api/responses_request.hpp"
#include "core/chat.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice {

/// What a response object says beside the settings of its request.
struct ResponseState {
    std::string_view status = "in_progress";
    std::string_view incomplete_reason{};  ///< empty: nothing is missing
    std::string error = "null";            ///< JSON text
    std::string output = "[]";             ///< JSON text
    std::string usage = "null";            ///< JSON text
};

/// Writes the response objects of one answer, each with every key that OpenAI's specification
/// requires, the request's settings among them.
class ResponseObject {
public:
    explicit ResponseObject(const ResponsesRequest& request);

    void name(std::string id, std::string model, std::int64_t created);
    const std::string& id() const { return id_; }
    std::int64_t created() const { return created_; }
    std::string text(const ResponseState& state) const;
    /// A provider's own object, with what it does not know: whether the answer is kept, and what it
    /// continues; and with the id above where its own is none of this API's.
    std::string adopted(std::string_view native) const;

private:
    std::string id_, model_;
    std::int64_t created_ = 0;
    std::string store_, previous_;  // JSON text
    std::string settings_;          // members, without braces
};

/// OpenAI's usage object of this API.
std::string responses_usage_json(const Usage& usage);

}  // namespace sluice
