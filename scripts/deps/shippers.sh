#!/bin/sh
# Unpacks Debian's rsyslog with its output for Elasticsearch into .deps/rsyslog, for the tests. Says nothing when it is
# there. It is not installed: that would change where the machine keeps its own log.
set -eu
cd "$(dirname "$0")/../.."

folder=.deps/rsyslog
[ ! -e "$folder/stamp" ] || exit 0
echo "unpacking: rsyslog" >&2
rm -rf "$folder"
mkdir -p "$folder/packages"
(cd "$folder/packages" && apt-get download -q=2 -o APT::Sandbox::User=root rsyslog rsyslog-elasticsearch libestr0 libfastjson4 >/dev/null)
for package in "$folder"/packages/*.deb; do dpkg-deb -x "$package" "$folder"; done
rm -r "$folder/packages"
touch "$folder/stamp"
