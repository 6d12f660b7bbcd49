#ifndef DOCKET_LINUX_CALLS_H
#define DOCKET_LINUX_CALLS_H

#include <stdint.h>

// Calls that glibc shows only to programs that ask for GNU extensions, which Swift's importer does not.

// Sets space aside without changing the file's size. Returns 0 or errno.
int docket_reserve(int descriptor, int64_t size);

// Names the calling thread for the kernel's tools; at most 15 bytes count.
void docket_name_thread(const char *name);

// What errno means, into a buffer of the caller.
void docket_error_text(int number, char *text, int64_t capacity);

// A file without a name that lives in memory. Returns its descriptor, or -1 with errno.
int docket_memory_file(void);

// A stream socket in the file system. `docket_local_listen` gives a listening one with these permissions, and
// replaces what is there when nobody listens any more. Each returns a descriptor, or a negated errno.
int docket_local_listen(const char *path, uint32_t mode);
int docket_local_connect(const char *path);

// The next connection within so many milliseconds, or a negated errno: -EAGAIN when there was none.
int docket_local_accept(int descriptor, int milliseconds);

// The user who runs the program at the other end. Returns 0 or errno.
int docket_peer_user(int descriptor, uint32_t *user);

// Sets or takes back the flag of a file that keeps everybody from changing or removing it. Returns 0 or errno.
int docket_set_immutable(const char *path, int is_immutable);

#endif
