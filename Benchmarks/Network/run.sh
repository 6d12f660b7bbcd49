#!/bin/sh
# CPU time of the server for each request, for the requests that collectors send.
# Needs: wrk, nghttp2-client, openssl. Usage: Benchmarks/Network/run.sh PATH-OF-NetworkBenchmark [ROUNDS]
set -eu
program=$1
rounds=${2:-1}
folder=$(mktemp -d)
trap 'exec 3>&-; rm -rf "$folder"' EXIT
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=benchmark \
    -keyout "$folder/key" -out "$folder/certificate" 2>"$folder/openssl"
head -c 18000 /dev/urandom >"$folder/small"
head -c 455000 /dev/urandom >"$folder/large"
{ printf '\0\0\0\106\120'; cat "$folder/small"; } >"$folder/small.grpc"
{ printf '\0\0\006\361\130'; cat "$folder/large"; } >"$folder/large.grpc"
for size in small large; do
    cat >"$folder/$size.lua" <<LUA
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/x-protobuf"
local file = io.open("$folder/$size", "rb")
wrk.body = file:read("*a")
LUA
done
mkfifo "$folder/in" "$folder/out"
"$program" "$folder/certificate" "$folder/key" <"$folder/in" >"$folder/out" &
exec 3>"$folder/in" 4<"$folder/out"
read -r plain tls <&4
measure() {
    name=$1
    shift
    echo >&3; read -r _ <&4
    "$@" >"$folder/log" 2>&1 || { cat "$folder/log"; exit 1; }
    echo >&3; read -r line <&4
    printf '%-24s %s\n' "$name" "$line"
}
for round in $(seq "$rounds"); do
    measure "h1 GET" wrk -t1 -c32 -d3 "http://$plain/"
    measure "h1 POST 18 KB" wrk -t1 -c32 -d3 -s "$folder/small.lua" "http://$plain/"
    measure "h1 POST 455 KB" wrk -t1 -c32 -d3 -s "$folder/large.lua" "http://$plain/"
    measure "h1 GET TLS" wrk -t1 -c32 -d3 "https://$tls/"
    measure "h1 POST 455 KB TLS" wrk -t1 -c32 -d3 -s "$folder/large.lua" "https://$tls/"
    measure "gRPC 18 KB" h2load -n 20000 -c8 -m4 -H "content-type: application/grpc" -d "$folder/small.grpc" "http://$plain/"
    measure "gRPC 455 KB" h2load -n 2000 -c8 -m4 -H "content-type: application/grpc" -d "$folder/large.grpc" "http://$plain/"
    measure "gRPC 18 KB TLS" h2load -n 20000 -c8 -m4 -H "content-type: application/grpc" -d "$folder/small.grpc" "https://$tls/"
    measure "gRPC 455 KB TLS" h2load -n 2000 -c8 -m4 -H "content-type: application/grpc" -d "$folder/large.grpc" "https://$tls/"
done
