#!/bin/sh
# Installs the Debian packages that are missing. Says nothing when none is.
#
#   packages.sh run     what building and running needs
#   packages.sh test    what the tests need besides
set -eu

# One interface, two libraries: Hyperscan is for x86-64 alone.
literals=libvectorscan-dev
[ "$(dpkg --print-architecture)" = amd64 ] && literals=libhyperscan-dev
run="binutils gcc libc6-dev libcurl4-openssl-dev libdeflate-dev $literals libmaxminddb-dev libnghttp2-dev libpcre2-dev
     libsodium-dev libssl-dev libuv1-dev libyaml-dev libzstd-dev node-llhttp patchelf python3 python3-pip tzdata uap-core
     zlib1g-dev"
test="age chromium chromium-driver curl e2fsprogs fonts-dejavu-core golang-go golang-golang-x-mod-dev mount
      nghttp2-client openssl procps python3-venv strace"

case "${1:-run}" in
run) wanted=$run ;;
test) wanted=$test ;;
*)
    echo "packages.sh: run or test" >&2
    exit 2
    ;;
esac

missing=""
for package in $wanted; do
    state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

echo "installing:$missing" >&2
root=""
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || {
        echo "packages.sh: these Debian packages are missing and only root can install them:$missing" >&2
        exit 1
    }
    root=sudo
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# The list of packages may be older than the packages: look again only when that happens.
if ! DEBIAN_FRONTEND=noninteractive $root apt-get install -y --no-install-recommends $missing >"$log" 2>&1; then
    if ! { $root apt-get update && DEBIAN_FRONTEND=noninteractive $root apt-get install -y --no-install-recommends $missing; } \
        >"$log" 2>&1; then
        cat "$log" >&2
        exit 1
    fi
fi
