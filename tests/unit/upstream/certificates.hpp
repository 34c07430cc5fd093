#pragma once

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <unistd.h>

namespace sluice::test {

/// Frees what OpenSSL made.
template <auto Free>
struct Freed {
    template <class T>
    void operator()(T* object) const
    {
        Free(object);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<&EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<&X509_free>>;
using TlsContext = std::unique_ptr<SSL_CTX, Freed<&SSL_CTX_free>>;

/// A certificate authority that lives as long as the test, and what it signs.
class TestAuthority {
public:
    TestAuthority() : key_(EVP_EC_gen("P-256"))
    {
        certificate_ = make("Test CA", key_.get());
        extend(certificate_.get(), NID_basic_constraints, "critical,CA:TRUE");
        X509_sign(certificate_.get(), key_.get(), EVP_sha256());
        auto name = (std::filesystem::temp_directory_path() / "sluice-ca-XXXXXX").string();
        const int fd = mkstemp(name.data());
        auto* file = fdopen(fd, "w");
        PEM_write_X509(file, certificate_.get());
        fclose(file);
        file_ = name;
    }
    ~TestAuthority() { std::filesystem::remove(file_); }
    TestAuthority(const TestAuthority&) = delete;
    TestAuthority& operator=(const TestAuthority&) = delete;

    const std::string& file() const { return file_; }

    /// A server's context with a certificate for these names ("DNS:a.test,IP:127.0.0.1").
    TlsContext server(const std::string& names) const
    {
        const Key key(EVP_EC_gen("P-256"));
        const auto certificate = make("server", key.get());
        extend(certificate.get(), NID_subject_alt_name, names.c_str());
        X509_sign(certificate.get(), key_.get(), EVP_sha256());

        TlsContext context(SSL_CTX_new(TLS_server_method()));
        SSL_CTX_use_certificate(context.get(), certificate.get());
        SSL_CTX_use_PrivateKey(context.get(), key.get());
        const unsigned char id[] = "sluice";
        SSL_CTX_set_session_id_context(context.get(), id, sizeof id);
        return context;
    }

private:
    Certificate make(const char* name, EVP_PKEY* key) const
    {
        Certificate certificate(X509_new());
        auto* x509 = certificate.get();
        X509_set_version(x509, X509_VERSION_3);
        ASN1_INTEGER_set(X509_get_serialNumber(x509), certificate_ ? 2 : 1);
        X509_gmtime_adj(X509_getm_notBefore(x509), -60);
        X509_gmtime_adj(X509_getm_notAfter(x509), 3600);
        X509_set_pubkey(x509, key);
        X509_NAME_add_entry_by_txt(
            X509_get_subject_name(x509),
            "CN",
            MBSTRING_ASC,
            reinterpret_cast<const unsigned char*>(name),
            -1,
            -1,
            0
        );
        X509_set_issuer_name(x509, X509_get_subject_name(certificate_ ? certificate_.get() : x509));
        return certificate;
    }
    static void extend(X509* certificate, int nid, const char* value)
    {
        auto* extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value);
        X509_add_ext(certificate, extension, -1);
        X509_EXTENSION_free(extension);
    }

    Key key_;
    Certificate certificate_;
    std::string file_;
};

/// The authority that a test's client trusts unless it is told otherwise.
inline const TestAuthority& authority()
{
    static const TestAuthority shared;
    return shared;
}

}  // namespace sluice::test
