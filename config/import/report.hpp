#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// What a person has to know about an import, each with its path in the other gateway's file.
class ImportReport {
public:
    /// Something that the result does not have, and why.
    void left_out(std::string_view path, std::string_view why);
    /// Something that the result has, but not quite as it was.
    void changed(std::string_view path, std::string_view how);

    /// Something that is so here without a setting.
    void always_so(std::string_view path, std::string_view how);

    struct Line {
        std::string path;
        std::string text;

        bool operator==(const Line&) const = default;
    };
    const std::vector<Line>& all_left_out() const { return left_out_; }
    const std::vector<Line>& all_changed() const { return changed_; }
    const std::vector<Line>& all_always_so() const { return always_so_; }

private:
    std::vector<Line> left_out_;
    std::vector<Line> changed_;
    std::vector<Line> always_so_;
};

/// One line of text for a terminal or a comment: control characters become '?'.
std::string printable(std::string_view text);

}  // namespace sluice
