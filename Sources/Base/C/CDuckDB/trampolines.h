#pragma once

#define HIDDEN __attribute__((visibility("hidden")))

/// Where the address of one function of the library goes.
struct docket_duckdb_slot {
    const char *name;
    void **address;
};

/// All of them; the last has no name.
extern HIDDEN const struct docket_duckdb_slot docket_duckdb_slots[];
