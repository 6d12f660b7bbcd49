// libuv, and the few socket calls that Swift's Glibc module does not show or that are shorter in C.
#ifndef DOCKET_CUV_SHIM_H
#define DOCKET_CUV_SHIM_H

#include <arpa/inet.h>
#include <errno.h>
#include <malloc.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

// A listening socket on a numeric address, or a negated errno. Never SO_REUSEPORT: with it a second
// server on the same port would start without an error and take half of the connections.
static inline int docket_listen(const char *address, int port, int backlog) {
    struct sockaddr_storage place;
    socklen_t length;
    memset(&place, 0, sizeof place);
    if (uv_ip4_addr(address, port, (struct sockaddr_in *)&place) == 0) {
        length = sizeof(struct sockaddr_in);
    } else if (uv_ip6_addr(address, port, (struct sockaddr_in6 *)&place) == 0) {
        length = sizeof(struct sockaddr_in6);
    } else {
        return -EINVAL;
    }
    int fd = socket(place.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    int yes = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (place.ss_family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes);
    if (bind(fd, (struct sockaddr *)&place, length) != 0 || listen(fd, backlog) != 0) {
        int error = errno;
        close(fd);
        return -error;
    }
    return fd;
}

// The port that a socket is bound to.
static inline int docket_port(int fd) {
    struct sockaddr_storage place;
    socklen_t length = sizeof place;
    if (getsockname(fd, (struct sockaddr *)&place, &length) != 0) return -errno;
    if (place.ss_family == AF_INET) return ntohs(((struct sockaddr_in *)&place)->sin_port);
    return ntohs(((struct sockaddr_in6 *)&place)->sin6_port);
}

// The next connection, ready for a loop, or a negated errno. `peer` receives its address as text.
static inline int docket_accept(int fd, char *peer, size_t size) {
    struct sockaddr_storage place;
    socklen_t length = sizeof place;
    int found = accept4(fd, (struct sockaddr *)&place, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (found < 0) return -errno;
    peer[0] = 0;
    if (place.ss_family == AF_INET) uv_ip4_name((struct sockaddr_in *)&place, peer, size);
    if (place.ss_family == AF_INET6) uv_ip6_name((struct sockaddr_in6 *)&place, peer, size);
    return found;
}

// A uv handle seen as the type it starts with.
static inline uv_handle_t *docket_handle_of_tcp(uv_tcp_t *tcp) { return (uv_handle_t *)tcp; }
static inline uv_stream_t *docket_stream_of_tcp(uv_tcp_t *tcp) { return (uv_stream_t *)tcp; }
static inline uv_handle_t *docket_handle_of_async(uv_async_t *async) { return (uv_handle_t *)async; }
static inline uv_handle_t *docket_handle_of_timer(uv_timer_t *timer) { return (uv_handle_t *)timer; }
static inline uv_handle_t *docket_handle_of_poll(uv_poll_t *poll) { return (uv_handle_t *)poll; }

// Names the calling thread, for top and gdb.
static inline void docket_name_thread(const char *name) { prctl(PR_SET_NAME, name); }

// Keeps freed blocks up to 32 MiB in the heap. Otherwise every large body is one mmap, its page
// faults and one munmap, which doubles the cost of a 455 KB request.
//
// Not under a sanitizer: those replace malloc but not mallopt, which then spoils an allocator nobody uses.
extern void __tsan_init(void) __attribute__((weak));
extern void __asan_init(void) __attribute__((weak));
static inline void docket_keep_large_blocks(void) {
    if (__tsan_init || __asan_init) return;
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, 64 << 20);
}

#endif
