#define _GNU_SOURCE
#include "linux_calls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

int docket_reserve(int descriptor, int64_t size) {
    int result;
    do result = fallocate(descriptor, FALLOC_FL_KEEP_SIZE, 0, size);
    while (result != 0 && errno == EINTR);
    return result == 0 ? 0 : errno;
}

void docket_name_thread(const char *name) {
    char short_name[16];
    snprintf(short_name, sizeof short_name, "%s", name);
    pthread_setname_np(pthread_self(), short_name);
}

void docket_error_text(int number, char *text, int64_t capacity) {
    char buffer[128];
    snprintf(text, (size_t)capacity, "%s", strerror_r(number, buffer, sizeof buffer));
}

int docket_memory_file(void) { return memfd_create("docket", MFD_CLOEXEC); }

static int local_address(const char *path, struct sockaddr_un *address) {
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    if (strlen(path) >= sizeof address->sun_path) return ENAMETOOLONG;
    strcpy(address->sun_path, path);
    return 0;
}

int docket_local_connect(const char *path) {
    struct sockaddr_un address;
    int error = local_address(path, &address);
    if (error) return -error;
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -errno;
    if (connect(descriptor, (struct sockaddr *)&address, sizeof address) != 0) {
        error = errno;
        close(descriptor);
        return -error;
    }
    return descriptor;
}

int docket_local_listen(const char *path, uint32_t mode) {
    struct sockaddr_un address;
    int error = local_address(path, &address);
    if (error) return -error;
    int other = docket_local_connect(path);
    if (other >= 0) {
        close(other);
        return -EADDRINUSE;
    }
    unlink(path);
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -errno;
    mode_t before = umask(~mode & 0777);
    int failed = bind(descriptor, (struct sockaddr *)&address, sizeof address) != 0 || listen(descriptor, 16) != 0;
    error = errno;
    umask(before);
    if (failed) {
        close(descriptor);
        return -error;
    }
    return descriptor;
}

int docket_local_accept(int descriptor, int milliseconds) {
    struct pollfd poll_one = {descriptor, POLLIN, 0};
    int ready = poll(&poll_one, 1, milliseconds);
    if (ready == 0 || (ready < 0 && errno == EINTR)) return -EAGAIN;
    if (ready < 0) return -errno;
    int found = accept4(descriptor, NULL, NULL, SOCK_CLOEXEC);
    return found < 0 ? -errno : found;
}

int docket_peer_user(int descriptor, uint32_t *user) {
    struct ucred credentials;
    socklen_t size = sizeof credentials;
    if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) return errno;
    *user = credentials.uid;
    return 0;
}

int docket_set_immutable(const char *path, int is_immutable) {
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (file < 0) return errno;
    int number = 0;
    int flags = 0;
    if (ioctl(file, FS_IOC_GETFLAGS, &flags) != 0) {
        number = errno;
    } else {
        flags = is_immutable ? flags | FS_IMMUTABLE_FL : flags & ~FS_IMMUTABLE_FL;
        if (ioctl(file, FS_IOC_SETFLAGS, &flags) != 0) number = errno;
    }
    close(file);
    return number;
}
