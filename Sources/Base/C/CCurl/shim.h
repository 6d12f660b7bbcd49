// libcurl. Swift cannot call variadic functions, so each kind of option has a function here.
#ifndef DOCKET_CCURL_SHIM_H
#define DOCKET_CCURL_SHIM_H

#include <curl/curl.h>

static inline CURLcode docket_curl_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode docket_curl_size(CURL *easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode docket_curl_text(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode docket_curl_pointer(CURL *easy, CURLoption option, void *value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode docket_curl_list(CURL *easy, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(easy, option, value);
}
typedef size_t (*docket_curl_sink)(char *bytes, size_t size, size_t count, void *owner);
static inline CURLcode docket_curl_function(CURL *easy, CURLoption option, docket_curl_sink value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode docket_curl_status(CURL *easy, long *status) {
    return curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, status);
}
static inline CURLcode docket_curl_owner(CURL *easy, void **owner) {
    return curl_easy_getinfo(easy, CURLINFO_PRIVATE, owner);
}
static inline CURLcode docket_curl_message_result(const CURLMsg *message) { return message->data.result; }
static inline CURLMcode docket_curl_connections(CURLM *multi, long most) {
    return curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, most);
}

#endif
