#!/bin/sh
# Makes .deps/duckdb/lib/libduckdb.so, unless the system has a DuckDB that will do.
# Why it is made this way, and what it costs: docs/decisions/0003-duckdb.md
set -eu
cd "$(dirname "$0")/../.."
here=scripts/deps
into=.deps/duckdb

# What the library is made from. As long as it stands in the stamp there is nothing to do.
recipe=$(cat "$here/duckdb.txt" "$here/duckdb.sh" "$here/duckdb.py" | cksum)
if [ -f "$into/stamp" ] && [ "$(cat "$into/stamp")" = "$recipe" ] && [ -f "$into/lib/libduckdb.so" ]; then
    exit 0
fi

system=$(PATH="$PATH:/sbin:/usr/sbin" ldconfig -p | sed -n 's/.*libduckdb\.so .*=> //p' | head -n 1)
if [ -n "$system" ] && [ "$(cat "$into/system" 2>/dev/null)" = "$system $(stat -c %Y "$system") $recipe" ]; then
    exit 0
fi
if [ -n "$system" ] && python3 "$here/duckdb.py" check "$system" 2>/dev/null; then
    rm -rf "$into"
    mkdir -p "$into"
    echo "$system $(stat -c %Y "$system") $recipe" >"$into/system"
    echo "duckdb: uses $system"
    exit 0
fi

for tool in python3 patchelf readelf; do
    command -v "$tool" >/dev/null || {
        echo "duckdb: needs $tool: apt-get install python3-pip patchelf binutils" >&2
        exit 1
    }
done
mkdir -p .deps
work=$(mktemp -d .deps/duckdb.XXXXXX)
trap 'rm -rf "$work"' EXIT
# Always the wheel for CPython 3.11, whichever Python runs here: the hashes are of that one,
# and no Python ever loads it.
python3 -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes \
    --only-binary=:all: --implementation cp --python-version 3.11 --abi cp311 \
    --platform "manylinux_2_28_$(uname -m)" --dest "$work" --requirement "$here/duckdb.txt"
mkdir -p "$work/lib"
python3 "$here/duckdb.py" make "$work"/duckdb-*.whl "$work/lib"
python3 "$here/duckdb.py" check "$work/lib/libduckdb.so"
rm "$work"/duckdb-*.whl
echo "$recipe" >"$work/stamp"
chmod 755 "$work"
rm -rf "$into"
mv "$work" "$into"
trap - EXIT
echo "duckdb: made $into/lib/libduckdb.so"
