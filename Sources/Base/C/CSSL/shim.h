// OpenSSL's TLS. Much of its interface is macros, which Swift does not see.
#ifndef DOCKET_CSSL_SHIM_H
#define DOCKET_CSSL_SHIM_H

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <time.h>

// A key with a passphrase is refused; OpenSSL would ask for it at the terminal.
static inline int docket_ssl_no_passphrase(char *text, int size, int writing, void *data) {
    (void)text, (void)size, (void)writing, (void)data;
    return -1;
}

// A server's context with everything that does not depend on files.
static inline SSL_CTX *docket_ssl_server(void) {
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    if (!context) return NULL;
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_default_passwd_cb(context, docket_ssl_no_passphrase);
    SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20");
    // Needed for resumption together with client certificates.
    SSL_CTX_set_session_id_context(context, (const unsigned char *)"docket", 6);
    return context;
}

// Both directions of `ssl` through memory. `ssl` owns the two.
static inline int docket_ssl_use_memory(SSL *ssl) {
    BIO *in = BIO_new(BIO_s_mem());
    BIO *out = BIO_new(BIO_s_mem());
    if (!in || !out) {
        BIO_free(in);
        BIO_free(out);
        return 0;
    }
    SSL_set_bio(ssl, in, out);
    SSL_set_accept_state(ssl);
    return 1;
}

// Lends what waits to be sent.
static inline long docket_ssl_output(SSL *ssl, char **bytes) { return BIO_get_mem_data(SSL_get_wbio(ssl), bytes); }
static inline void docket_ssl_output_sent(SSL *ssl) { (void)BIO_reset(SSL_get_wbio(ssl)); }

// The subject of the peer's verified certificate as RFC 2253 text, or an empty text.
static inline void docket_ssl_peer_subject(SSL *ssl, char *text, int size) {
    text[0] = 0;
    X509 *certificate = SSL_get1_peer_certificate(ssl);
    if (!certificate) return;
    if (SSL_get_verify_result(ssl) == X509_V_OK) {
        BIO *out = BIO_new(BIO_s_mem());
        if (out) {
            X509_NAME_print_ex(out, X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253);
            int count = BIO_read(out, text, size - 1);
            text[count > 0 ? count : 0] = 0;
            BIO_free(out);
        }
    }
    X509_free(certificate);
}

// When the context's own certificate ends, in seconds since 1970; 0 when that cannot be told.
static inline long long docket_ssl_expiry(SSL_CTX *context) {
    struct tm moment;
    X509 *certificate = SSL_CTX_get0_certificate(context);
    if (!certificate || !ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &moment)) return 0;
    return timegm(&moment);
}

#endif
