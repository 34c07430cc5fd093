#pragma once

#include "core/chat.hpp"
#include "routing/router.hpp"
#include "server/visit.hpp"

namespace sluice {

/// True where some target's window might be smaller than the prompt, which is to be counted then.
bool context_is_doubtful(const ChatRequest& chat, const Plan& plan);
/// Takes out of the plan the targets whose context window is smaller than the prompt, before any of
/// them is asked. By an estimate only while another target is left: it is on the high side, and the
/// provider knows better. ErrorKind::context_too_long where the prompt is too long for all.
Task<Result<void>> check_context(Visit& visit, const ChatRequest& chat, Plan& plan);

}  // namespace sluice
