#pragma once

#include "core/error.hpp"
#include "core/task.hpp"
#include "server/background.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace sluice {

/// Bytes that wait to be read, again if need be: the first few in memory, the others in a file
/// without a name in TMPDIR, which vanishes with the process. The file is written and read off the
/// event loop.
class Spool {
public:
    static constexpr std::size_t in_memory = 256 * 1024;

    Spool(Background& background, Executor executor) : background_(background), executor_(executor)
    {
    }
    ~Spool();
    Spool(const Spool&) = delete;
    Spool& operator=(const Spool&) = delete;

    /// ErrorKind::overloaded_here where there is no room.
    Task<Result<void>> append(std::string_view bytes);
    /// The next piece; empty: the end. The view lives until the next call.
    Task<Result<std::string_view>> read();
    void rewind() { read_ = 0; }

private:
    Background& background_;
    Executor executor_;
    int file_ = -1;
    std::size_t in_file_ = 0;
    std::string tail_;  // behind what is in the file
    std::size_t read_ = 0;
    std::string piece_;

    Task<Result<void>> flush();
};

}  // namespace sluice
