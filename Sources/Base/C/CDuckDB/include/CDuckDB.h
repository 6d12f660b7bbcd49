// DuckDB's C interface, found when the program runs and not when it is linked.
//
// `duckdb.h` is the file of DuckDB 2.0.0, unchanged; its license is in LICENSE.duckdb. Of the functions
// it declares, those in `functions.h` exist here, each as one jump through a table that
// `docket_duckdb_load` fills. Calling one before that ends the process.
#pragma once

#include <stddef.h>

#include "duckdb.h"

/// Finds the library and fills the table. Call it once; a call that fails leaves the table as it was.
///
/// - Parameter chosen: the path that the operator gave, or NULL to look beside the program, in the
///   checkout that holds it, and then where the system keeps libraries.
/// - Returns: 0, or -1 with a sentence for the operator in `message`.
int docket_duckdb_load(const char *chosen, char *message, size_t capacity);
