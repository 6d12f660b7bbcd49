// Looks for libduckdb.so where `make deps`, a package or the operator may have put it.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "CDuckDB.h"
#include "trampolines.h"

#define NAME "libduckdb.so"
#define CHECKOUT ".deps/duckdb/lib/" NAME
// A build folder is at most this deep in a checkout: .build/<triple>/<configuration>/.
#define FOLDERS_UP 6

struct place {
    char text[PATH_MAX];
};

static int fail(char *message, size_t capacity, const char *format, ...) {
    va_list words;
    va_start(words, format);
    vsnprintf(message, capacity, format, words);
    va_end(words);
    return -1;
}

/// The folder of the running program, without a slash at its end. Empty when the kernel does not say.
static struct place program_folder(void) {
    struct place folder;
    ssize_t length = readlink("/proc/self/exe", folder.text, sizeof folder.text - 1);
    folder.text[length > 0 ? length : 0] = 0;
    char *slash = strrchr(folder.text, '/');
    if (slash) *slash = 0;
    return folder;
}

/// Whether `folder/file` exists; its name is then in `found`.
static int is_there(struct place *found, const char *folder, const char *file) {
    int length = snprintf(found->text, sizeof found->text, "%s/%s", folder, file);
    return length < (int)sizeof found->text && access(found->text, R_OK) == 0;
}

static int find(struct place *found) {
    struct place folder = program_folder();
    if (folder.text[0] == 0) return 0;
    if (is_there(found, folder.text, NAME)) return 1;
    if (is_there(found, folder.text, "../lib/docket/" NAME)) return 1;
    for (int up = 0; up <= FOLDERS_UP; up++) {
        if (is_there(found, folder.text, CHECKOUT)) return 1;
        char *slash = strrchr(folder.text, '/');
        if (!slash) break;
        *slash = 0;
    }
    return 0;
}

int docket_duckdb_load(const char *chosen, char *message, size_t capacity) {
    struct place place;
    const char *path = chosen;
    int is_chosen = path && *path;
    // What somebody chose is taken or refused; looking elsewhere would hide the mistake.
    if (!is_chosen) path = find(&place) ? place.text : NAME;

    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library && is_chosen)
        return fail(message, capacity, "DOCKET_DUCKDB_LIBRARY does not name a library that loads: %s", dlerror());
    if (!library && strchr(path, '/'))
        return fail(message, capacity, "the query engine was found and does not load: %s", dlerror());
    if (!library)
        return fail(message, capacity,
                    "the query engine is missing: no " NAME " beside the program, in ../lib/docket, in " CHECKOUT
                    " of the checkout or on the system. Run `make deps`, or set DOCKET_DUCKDB_LIBRARY to its path.");

    // All or nothing: a library that lacks a function must not take the place of one that works.
    for (const struct docket_duckdb_slot *slot = docket_duckdb_slots; slot->name; slot++) {
        if (!dlsym(library, slot->name))
            return fail(message, capacity,
                        "%s is a DuckDB without %s: version 2.0 or newer is needed. Run `make deps`, or set "
                        "DOCKET_DUCKDB_LIBRARY to the path of one.",
                        path, slot->name);
    }
    for (const struct docket_duckdb_slot *slot = docket_duckdb_slots; slot->name; slot++)
        *slot->address = dlsym(library, slot->name);
    return 0;
}
