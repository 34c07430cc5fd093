#pragma once

#include <cstdio>
#include <cstdlib>
#include <source_location>

/// Ends the program where what a fuzz target claims is not so, in every kind of build.
inline void require(bool holds, std::source_location where = std::source_location::current())
{
    if (holds) return;
    std::fprintf(
        stderr, "%s:%u: does not hold\n", where.file_name(), static_cast<unsigned>(where.line())
    );
    std::abort();
}
