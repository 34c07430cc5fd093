#pragma once

#include "core/deployment.hpp"
#include "core/error.hpp"
#include "core/time.hpp"
#include "dispatch/request_context.hpp"
#include "dispatch/target_account.hpp"
#include "resilience/retry_policy.hpp"
#include "routing/router.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sluice {

/// One candidate's turn.
struct Leg {
    Leg(const Candidate& whose, const std::string& own_key);

    const Candidate& candidate;
    std::unique_ptr<const Endpoint> own;  ///< with the caller's own key; nullptr: the configured
    std::vector<std::string> left_out{};  ///< fields
    int tries = 1;                        ///< the present one included
    bool refused = false;                 ///< the present try was not even made
    std::optional<TimePoint> sent{};      ///< when it began to wait for the provider

    /// Uses the configured key, so its fate concerns others.
    bool shared() const { return !own; }
    Target& target() const { return *candidate.target; }
    const Endpoint& endpoint() const { return own ? *own : candidate.provider->endpoint; }
};

/// The way of one request through its plan: whom to ask next, and what its caller hears if nobody
/// answers. It asks nobody itself, and keeps the books of the targets it passes.
class Course {
public:
    Course(const Plan& plan, const RequestContext& context) : plan_(plan), context_(context) {}

    /// Goes on to the next candidate's turn; false where there is none.
    bool next();
    Leg& leg() { return *leg_; }
    /// A place at the present leg's target; the error where it rests.
    Result<TargetAccount> enter(TimePoint now);
    /// What to do after a failure of the present leg. Notes what it teaches about the target.
    /// random: in [0, 1), for the jitter of a pause.
    Decision after(const Error& error, bool repeatable, TimePoint now, double random);
    /// The present leg has failed for good.
    void failed(Error error, Verdict verdict);
    /// The error of all: the first target's that was really asked (a fallback's trouble must not
    /// mask it), with the soonest retry_after of all.
    Error verdict();

private:
    const Plan& plan_;
    const RequestContext& context_;
    std::size_t next_ = 0;
    std::optional<Leg> leg_;
    bool repaired_ = false;
    bool ended_ = false;
    std::optional<ErrorKind> reason_;  ///< why the present leg, or else the last, has failed
    std::int64_t too_small_window_ = 0;
    std::optional<Error> chosen_;
    bool chosen_was_asked_ = false;
    std::optional<milliseconds> soonest_;

    bool is_out(const Candidate& candidate) const;
};

}  // namespace sluice
