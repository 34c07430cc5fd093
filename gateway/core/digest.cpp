// SHA-256 as OpenSSL 1.1 offered it. By way of EVP each digest costs a third more, for looking up
// what the same function does.
#define OPENSSL_API_COMPAT 10101
#include "core/digest.hpp"

#include "core/hex.hpp"

#include <openssl/sha.h>

#include <cstring>
#include <stdexcept>

namespace sluice {

Digest sha256(std::string_view text)
{
    Digest digest;
    SHA256_CTX context;
    if (SHA256_Init(&context) != 1 || SHA256_Update(&context, text.data(), text.size()) != 1 ||
        SHA256_Final(digest.data(), &context) != 1)
        throw std::runtime_error("OpenSSL has no SHA-256");
    return digest;
}

std::string sha256_hex(std::string_view text)
{
    return to_hex(sha256(text));
}

Digest digest_of(std::string_view hex)
{
    Digest digest;
    if (hex.size() != 2 * digest.size()) throw std::invalid_argument("no SHA-256");
    for (std::size_t i = 0; i < digest.size(); ++i) {
        const int high = hex_digit(hex[2 * i]), low = hex_digit(hex[2 * i + 1]);
        if (high < 0 || low < 0) throw std::invalid_argument("no SHA-256");
        digest[i] = static_cast<std::uint8_t>(16 * high + low);
    }
    return digest;
}

bool equal_constant_time(const Digest& a, const Digest& b)
{
    std::array<std::uint64_t, sizeof(Digest) / sizeof(std::uint64_t)> one, other;
    std::memcpy(one.data(), a.data(), a.size());
    std::memcpy(other.data(), b.data(), b.size());
    std::uint64_t difference = 0;
    for (std::size_t i = 0; i < one.size(); ++i) difference |= one[i] ^ other[i];
    return difference == 0;
}

}  // namespace sluice
