"""Turns DuckDB's Python extension module into a plain shared library.

    duckdb.py make WHEEL FOLDER   writes FOLDER/libduckdb.so and FOLDER/libduckdb_nopython.so
    duckdb.py check LIBRARY       loads a library and runs a query in it; exit 0 when it will do

The extension module exports the whole C interface, and wants some 200 symbols of the Python
interpreter that this interface never touches. `libduckdb_nopython.so` gives them: a function ends the
process, a variable is all zeros.
"""

import ctypes
import os
import re
import shutil
import subprocess
import sys
import zipfile

OLDEST = (2, 0)


def make(wheel: str, folder: str) -> None:
    library = os.path.join(folder, "libduckdb.so")
    stub = os.path.join(folder, "libduckdb_nopython.so")
    with zipfile.ZipFile(wheel) as archive:
        (module,) = [name for name in archive.namelist() if re.fullmatch(r"_duckdb\.[^/]*\.so", name)]
        with archive.open(module) as source, open(library, "wb") as target:
            shutil.copyfileobj(source, target)
    write_stub(library, stub)
    # One change a call: patchelf 0.14 fails an assertion when it is asked for all three at once.
    run("patchelf", "--set-soname", "libduckdb.so", library)
    run("patchelf", "--add-needed", "libduckdb_nopython.so", library)
    run("patchelf", "--set-rpath", "$ORIGIN", library)
    os.chmod(library, 0o755)


def write_stub(library: str, stub: str) -> None:
    """A symbol that is only ever called needs a function; the address of any other may be read."""
    called, read = set(), set()
    for line in run("readelf", "--relocs", "--wide", library).splitlines():
        words = line.split()
        if len(words) < 5 or not re.match(r"_?Py", words[4]):
            continue
        (called if "JUMP_SL" in words[2] else read).add(words[4].split("@")[0])
    functions = sorted(called - read)
    if not functions or not read:
        sys.exit("duckdb: the wheel does not look as expected: it wants nothing of Python")
    text = [f"void {name}(void) {{ __builtin_trap(); }}" for name in functions]
    # A Python type object is the largest of them and has about 400 bytes.
    text += [f"_Alignas(16) char {name}[1024];" for name in sorted(read)]
    compiler = next((name for name in (os.environ.get("CC"), "gcc", "clang", "cc") if name and shutil.which(name)), None)
    if compiler is None:
        sys.exit("duckdb: needs a C compiler: apt-get install gcc")
    run(
        compiler, "-shared", "-fPIC", "-O1", "-nostdlib", "-Wl,-soname,libduckdb_nopython.so",
        "-x", "c", "-", "-o", stub, text="\n".join(text),
    )  # fmt: skip


def check(library: str) -> None:
    duckdb = ctypes.CDLL(os.path.abspath(library))
    duckdb.duckdb_library_version.restype = ctypes.c_char_p
    version = duckdb.duckdb_library_version().decode()
    numbers = tuple(int(number) for number in re.findall(r"\d+", version)[:2])
    if numbers < OLDEST:
        sys.exit(f"duckdb: {library} is {version}, and {OLDEST[0]}.{OLDEST[1]} or newer is needed")
    database, connection = ctypes.c_void_p(), ctypes.c_void_p()
    opened = duckdb.duckdb_open(None, ctypes.byref(database)) == 0
    if not opened or duckdb.duckdb_connect(database, ctypes.byref(connection)) != 0:
        sys.exit(f"duckdb: {library} does not open a database")
    if duckdb.duckdb_query(connection, b"SELECT 'a' FROM range(9)", None) != 0:
        sys.exit(f"duckdb: {library} does not answer a query")
    duckdb.duckdb_disconnect(ctypes.byref(connection))
    duckdb.duckdb_close(ctypes.byref(database))


def run(*words: str, text: str | None = None) -> str:
    done = subprocess.run(words, input=text, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"duckdb: {words[0]} failed: {done.stderr.strip()}")
    return done.stdout


if __name__ == "__main__":
    {"make": make, "check": check}[sys.argv[1]](*sys.argv[2:])
