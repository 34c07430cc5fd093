#include "server/spool.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace sluice {
namespace {

constexpr std::size_t piece_size = 256 * 1024;

int open_unnamed()
{
    const char* configured = std::getenv("TMPDIR");
    const std::string directory = configured && *configured ? configured : "/tmp";
    const int file = ::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (file >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)) return file;
    auto path = directory + "/sluice-XXXXXX";  // not every file system knows unnamed files
    const int named = ::mkostemp(path.data(), O_CLOEXEC);
    if (named >= 0) ::unlink(path.c_str());
    return named;
}

/// Opens the file if it is not yet. The reason of a failure; empty: none.
std::string write_all(int& file, std::string_view bytes, std::size_t at)
{
    if (file < 0) file = open_unnamed();
    if (file < 0) return std::strerror(errno);
    while (!bytes.empty()) {
        const auto n = ::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(at));
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return std::strerror(n < 0 ? errno : ENOSPC);
        bytes.remove_prefix(static_cast<std::size_t>(n));
        at += static_cast<std::size_t>(n);
    }
    return {};
}

/// Empty where it cannot be read.
std::string read_some(int file, std::size_t at, std::size_t size)
{
    std::string bytes(size, '\0');
    const auto n = ::pread(file, bytes.data(), size, static_cast<off_t>(at));
    bytes.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    return bytes;
}

}  // namespace

Spool::~Spool()
{
    if (file_ >= 0) ::close(file_);
}

Task<Result<void>> Spool::append(std::string_view bytes)
{
    tail_ += bytes;
    if (tail_.size() < in_memory) co_return Result<void>{};
    co_return co_await flush();
}

Task<Result<void>> Spool::flush()
{
    const auto failure =
        co_await background_.run(executor_, [this] { return write_all(file_, tail_, in_file_); });
    if (!failure.empty())
        co_return fail(
            ErrorKind::overloaded_here,
            concat("the gateway has no room for the file (TMPDIR): ", failure)
        );
    in_file_ += tail_.size();
    tail_.clear();
    co_return Result<void>{};
}

Task<Result<std::string_view>> Spool::read()
{
    if (read_ >= in_file_) {
        const auto rest = std::string_view(tail_).substr(read_ - in_file_);
        read_ += rest.size();
        co_return rest;
    }
    const auto size = std::min(piece_size, in_file_ - read_);
    piece_ =
        co_await background_.run(executor_, [this, size] { return read_some(file_, read_, size); });
    if (piece_.empty()) co_return fail(ErrorKind::internal, "the spooled file cannot be read");
    read_ += piece_.size();
    co_return piece_;
}

}  // namespace sluice
