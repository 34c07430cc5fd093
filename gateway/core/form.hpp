#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

struct FormField {
    std::string name;
    std::string value;
    bool operator==(const FormField&) const = default;
};

/// A form with one file, whose bytes are elsewhere.
struct Form {
    std::vector<FormField> fields;  ///< in their order, without the file
    std::string filename;           ///< of the file, as it was sent; empty: there is none
    std::string content_type;       ///< of the file; may be empty

    /// The value of the last field with this name, as most servers have it; empty: none.
    std::string_view find(std::string_view name) const
    {
        const auto found = std::find_if(fields.rbegin(), fields.rend(), [&](const auto& field) {
            return field.name == name;
        });
        return found == fields.rend() ? std::string_view() : std::string_view(found->value);
    }
};

}  // namespace sluice
