#!/bin/sh
# Serves a directory that is removed again, and lets an organization live in it until Control-C.
# Usage: demo.sh DOCKET
set -eu
docket=$1
console=${DEMO_CONSOLE:-127.0.0.1:8600}
otlp=${DEMO_OTLP:-127.0.0.1:4318}
scratch=$(mktemp -d "${TMPDIR:-/tmp}/docket-demo.XXXXXX")
DOCKET_TOKEN=docket_demo_$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
export DOCKET_TOKEN DOCKET_BOOTSTRAP_TOKEN="$DOCKET_TOKEN"

server=
story=
# shellcheck disable=SC2329
end() {
    trap '' INT TERM EXIT
    for process in $story $server; do kill "$process" 2> /dev/null || true; done
    wait || true
    rm -rf "$scratch"
}
trap end EXIT
trap 'exit 0' INT TERM

# The feed is there before the server that reads it; telemetry waits for the server.
"$docket" simulate organization --days 7 --speed 60 --serve 0 --otlp "http://$otlp" \
    --manifest "$scratch/manifest.json" > "$scratch/story" 2> "$scratch/story.errors" &
story=$!
until grep -q '^key:' "$scratch/story"; do
    kill -0 "$story" 2> /dev/null || { cat "$scratch/story.errors" >&2; exit 1; }
    sleep 0.1
done
FEED_KEY=$(sed -n 's/^key: *//p' "$scratch/story")
export FEED_KEY
cat > "$scratch/docket.yaml" << END
otlp:
  http: $otlp
  grpc: off
console:
  address: $console
feeds:
  - name: simulated
    key: { env: FEED_KEY }
    url: $(sed -n 's/^simulated Compliance API: *//p' "$scratch/story")
    interval: 5s
    initial_interval: 169h
    settle: 1s
    overlap: 48h
END
"$docket" serve --config "$scratch/docket.yaml" --data "$scratch/data" > "$scratch/welcome" 2> "$scratch/log.ndjson" &
server=$!
until grep -q '^told:' "$scratch/story"; do
    for process in $story $server; do
        kill -0 "$process" 2> /dev/null || { cat "$scratch/story.errors" "$scratch/log.ndjson" >&2; exit 1; }
    done
    sleep 0.2
done
cat << END
console:   http://$console/
token:     $DOCKET_TOKEN
log:       $scratch/log.ndjson
manifest:  $scratch/manifest.json

A week has passed; it goes on, an hour each minute. Control-C ends it and removes everything.
END
wait "$story" || { cat "$scratch/story.errors" >&2; exit 1; }
