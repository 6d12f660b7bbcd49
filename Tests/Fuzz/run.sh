#!/bin/sh
# Gives any bytes at all to the decoders that stand open to the network.
#
#   Tests/Fuzz/run.sh [TARGET …]       all of them, when none is named
#
# FUZZ_RUNS     inputs for each target (10,000,000)
# FUZZ_SECONDS  ends a target after so long, whichever comes first (0: never)
# FUZZ_SEED     repeats a run; otherwise it is chosen, and printed
#
# A finding is left in .build/fuzz/found/TARGET. Mend its cause, and move it to Tests/Fuzz/Regressions/TARGET, which
# the tests replay. What the fuzzer learns stays in .build/fuzz/corpus/TARGET for the next run.
set -eu
cd "$(dirname "$0")/../.."

runs=${FUZZ_RUNS:-10000000}
seconds=${FUZZ_SECONDS:-0}
seed=${FUZZ_SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
[ $# -gt 0 ] || set -- archive audit-log compression directory eql esql events http1 http2 json kql notes otlp-json otlp-protobuf patterns python redact user-agents yaml zip

# The C of our own is watched like the Swift: its decoders are as open. Debian's gold cannot link the address
# sanitizer's debug information, LLVM's linker can.
watched='-fsanitize=fuzzer-no-link,address'
DOCKET_FUZZ=1 ${SWIFT:-swift} build --scratch-path .build/fuzz/build -c release --product docket-fuzz \
    -Xswiftc -enable-testing -Xswiftc -sanitize=fuzzer,address -Xswiftc -use-ld=lld -Xcc "$watched"

# A trap shall end the process at once, and not be explained for minutes.
export SWIFT_BACKTRACE=enable=no
export ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1

for target; do
    learned=.build/fuzz/corpus/$target found=.build/fuzz/found/$target
    mkdir -p "$learned" "$found"
    kept=
    [ -d "Tests/Fuzz/Regressions/$target" ] && kept=Tests/Fuzz/Regressions/$target
    echo "fuzz: $target, $runs inputs, seed $seed"
    .build/fuzz/build/release/docket-fuzz "$target" -runs="$runs" -max_total_time="$seconds" -seed="$seed" \
        -max_len=2048 -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
        -dict="Tests/Fuzz/Dictionaries/$target.dict" -artifact_prefix="$found/" \
        "$learned" "Tests/Fuzz/Corpus/$target" $kept 2>"$found.log" || {
        tail -40 "$found.log"
        echo "fuzz: $target: a finding, seed $seed; see $found"
        exit 1
    }
    grep -E 'DONE|stat::' "$found.log"
done
