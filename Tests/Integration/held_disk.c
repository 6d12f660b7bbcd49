/* A disk that does not answer while a file named by HELD_DISK is there, loaded before libc (LD_PRELOAD).
   Who waits for the disk is to be seen in a file beside it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int fdatasync(int file) {
    const char *held = getenv("HELD_DISK");
    char waits[4096];
    snprintf(waits, sizeof waits, "%s.waits", held);
    while (access(held, F_OK) == 0) {
        close(open(waits, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
        usleep(5000);
    }
    return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(file);
}
