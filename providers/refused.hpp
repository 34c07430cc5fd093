#pragma once

#include "providers/translator.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <vector>

/// What a target is known to refuse, for translators that build a body of their own. Tuning fields
/// are left out with a warning, meaning is ErrorKind::unfit.
namespace sluice {

/// Takes the fields that the configuration says this provider rejects out of the chat request.
Result<void> drop_configured(
    boost::json::object& chat, const Deployment& deployment, std::vector<std::string>& warnings
);

/// The body without what the provider refused before. A default of ours goes without a warning.
Result<std::string> without_refused(
    std::string body,
    const ChatRequest& chat,
    const Deployment& deployment,
    LeftOut left_out,
    std::vector<std::string>& warnings
);

}  // namespace sluice
