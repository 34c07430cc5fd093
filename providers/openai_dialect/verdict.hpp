#pragma once

#include "providers/openai_dialect/errors.hpp"

#include <string>

namespace sluice::openai_dialect {

/// The class of a failure by provider-apis.md section 8: what it says first, its status then. Never
/// ErrorKind::unsupported_parameter, which is a rejection that repair_of finds a way out of.
ErrorKind kind_of(int status, const ErrorFacts& facts);

/// The path to leave out of a request that was rejected for one field; empty where there is none.
std::string repair_of(int status, const ErrorFacts& facts);

}  // namespace sluice::openai_dialect
