#pragma once

#include <boost/asio/io_context.hpp>

namespace sluice {

/// An event loop whose unfinished coroutines can be destroyed while the parts they use still stand:
/// the loop has to be the first of them to be made, and so would be the last to go.
class Loop : public boost::asio::io_context {
public:
    Loop() : boost::asio::io_context(1) {}
    /// Once nobody runs it any more: destroys whatever waits in it. It cannot be run again.
    void abandon() { shutdown(); }
};

}  // namespace sluice
