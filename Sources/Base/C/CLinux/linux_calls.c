#define _GNU_SOURCE
#include "linux_calls.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

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
