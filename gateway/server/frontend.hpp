#pragma once

#include "server/endpoints.hpp"
#include "server/handler.hpp"
#include "server/visit.hpp"

#include <memory>
#include <utility>

namespace sluice {

/// Answers every request of one worker: finds the endpoint, admits the caller, lets the endpoint
/// serve, turns an error into a response, closes the account.
class Frontend : public Handler {
public:
    Frontend(Services services, std::shared_ptr<const Snapshot> snapshot)
        : services_(services), snapshot_(std::move(snapshot))
    {
    }

    bool takes_upload(Request& request) const override;
    Task<void> handle(Request& request, Responder& responder) override;
    /// What requests from now on see. To be called on the worker.
    void use(std::shared_ptr<const Snapshot> snapshot) { snapshot_ = std::move(snapshot); }

private:
    Services services_;
    std::shared_ptr<const Snapshot> snapshot_;

    Task<Result<void>> serve(Visit& visit, const EndpointMatch& match);
    Error nothing_there(Visit& visit);
    Result<void> identify(Visit& visit, const ApiEndpoint& endpoint);
    Result<void> admit(Visit& visit, TimePoint now);
    Task<Result<void>> queue_up_and_serve(
        Visit& visit, const ApiEndpoint& endpoint, TimePoint since
    );
    Task<void> answer_error(Visit& visit, Error error);
};

}  // namespace sluice
