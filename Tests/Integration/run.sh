#!/bin/sh
# Runs a docket binary against real clients, on loopback, in folders of its own.
#
#   Tests/Integration/run.sh BINARY [pytest options]
#
# The first run makes a virtual environment in .deps/python; later ones install nothing.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
[ $# -ge 1 ] || { echo "usage: $0 BINARY [pytest options]" >&2; exit 2; }
DOCKET=$(realpath "$1")
[ -x "$DOCKET" ] || { echo "$0: $1 is no program; build it first" >&2; exit 2; }
shift

python=$root/.deps/python
stamp=$python/installed.txt
if ! cmp -s "$here/requirements.txt" "$stamp"; then
    rm -rf "$python"
    mkdir -p "$root/.deps"
    python3 -m venv "$python"
    "$python/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps -r "$here/requirements.txt"
    cp "$here/requirements.txt" "$stamp"
fi

# Nothing leaves this machine, so nothing needs a proxy or another authority.
unset REQUESTS_CA_BUNDLE CURL_CA_BUNDLE SSL_CERT_FILE SSL_CERT_DIR || true
unset http_proxy https_proxy all_proxy grpc_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY || true
export NO_PROXY='*' no_proxy='*'
# What a shell says about Docket and OpenTelemetry must not change a test.
for name in $(env | sed -n 's/^\(OTEL_[A-Z_]*\|DOCKET_NOW\|DOCKET_DATA\|DOCKET_TOKEN\|DOCKET_BOOTSTRAP_TOKEN\)=.*/\1/p'); do
    unset "$name"
done
library=$root/.deps/duckdb/lib/libduckdb.so
if [ -z "${DOCKET_DUCKDB_LIBRARY:-}" ] && [ -e "$library" ]; then
    export DOCKET_DUCKDB_LIBRARY="$library"
fi

export DOCKET PYTHONDONTWRITEBYTECODE=1
cd "$here"
exec "$python/bin/python" -m pytest -p no:cacheprovider "$@"
