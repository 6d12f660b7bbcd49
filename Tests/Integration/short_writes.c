/* Writes that take less than they were given, and every third time a signal instead, loaded before libc (LD_PRELOAD). */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <unistd.h>

static __thread unsigned calls;

static ssize_t some(const char *name, int file, const void *bytes, size_t count, off_t place) {
    if (++calls % 3 == 0) {
        errno = EINTR;
        return -1;
    }
    size_t part = count > 100 ? count / 2 + 7 : count;
    return ((ssize_t (*)(int, const void *, size_t, off_t))dlsym(RTLD_NEXT, name))(file, bytes, part, place);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t place) {
    return some("pwrite", file, bytes, count, place);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off_t place) {
    return some("pwrite64", file, bytes, count, place);
}
