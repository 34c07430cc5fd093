#include "providers/refused.hpp"

#include "providers/openai_dialect/call.hpp"
#include "providers/openai_dialect/fields.hpp"
#include "providers/tree.hpp"

#include <utility>

namespace sluice {

using openai_dialect::carries_meaning;
using openai_dialect::dropped;
using openai_dialect::unfit;

Result<void> drop_configured(
    boost::json::object& chat, const Deployment& deployment, std::vector<std::string>& warnings
)
{
    for (const auto& name : deployment.endpoint->dialect.unsupported) {
        if (!tree::has(chat, name)) continue;
        if (carries_meaning(name, json::serialize(chat.at(name))))
            return unfit(name, deployment.model);
        chat.erase(name);
        warnings.push_back(dropped(name, deployment.model));
    }
    return {};
}

Result<std::string> without_refused(
    std::string body,
    const ChatRequest& chat,
    const Deployment& deployment,
    LeftOut left_out,
    std::vector<std::string>& warnings
)
{
    for (const auto& name : deployment.endpoint->dialect.unsupported)
        body = openai_dialect::without_path(body, name);  // nor a default of ours
    for (const auto& path : left_out) {
        const auto asked = chat.document.find(path);
        if (asked && carries_meaning(path, *asked)) return unfit(path, deployment.model);
        auto repaired = openai_dialect::without_path(body, path);
        const bool our_default =
            !asked && (path == "temperature" || (path == "max_tokens" && !chat.max_tokens));
        if (repaired != body && !our_default) warnings.push_back(dropped(path, deployment.model));
        body = std::move(repaired);
    }
    return body;
}

}  // namespace sluice
