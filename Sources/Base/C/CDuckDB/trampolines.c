// Each function of DuckDB as one jump through a slot.
//
// In assembly, because C cannot pass on arguments it does not know, and repeating ninety signatures
// would be a second, unchecked copy of duckdb.h. The symbols are hidden: they must never stand in for
// the library's own when it calls itself.
#include <stdio.h>
#include <stdlib.h>

#include "trampolines.h"

static void absent(void) {
    fputs("docket: DuckDB was called before it was loaded\n", stderr);
    abort();
}

#define FUNCTION(name) HIDDEN void *docket_slot_##name = (void *)absent;
#include "functions.h"
#undef FUNCTION

#if defined(__x86_64__)
#define JUMP(name) "    jmp *docket_slot_" #name "(%rip)\n"
#elif defined(__aarch64__)
#define JUMP(name)                         \
    "    adrp x16, docket_slot_" #name "\n" \
    "    ldr x16, [x16, :lo12:docket_slot_" #name "]\n" \
    "    br x16\n"
#else
#error "DuckDB is called on x86-64 and aarch64 only"
#endif

#define FUNCTION(name)                     \
    __asm__(".text\n"                      \
            ".globl " #name "\n"           \
            ".hidden " #name "\n"          \
            ".type " #name ", %function\n" \
            ".p2align 4\n" #name ":\n"     \
            JUMP(name)                     \
            ".size " #name ", . - " #name "\n");
#include "functions.h"
#undef FUNCTION

#define FUNCTION(name) {#name, &docket_slot_##name},
const struct docket_duckdb_slot docket_duckdb_slots[] = {
#include "functions.h"
    {NULL, NULL},
};
#undef FUNCTION
