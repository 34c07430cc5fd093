#!/bin/sh
# Measures Sluice beside nginx, HAProxy and the Portkey gateway on this machine, and prints a table.
#   sh tests/bench/run.sh [--yes] [--quick]      about ten minutes; --quick: about two, for a rough idea
# What it says depends on an idle machine: the gateway gets core 1, everything else core 0.
set -eu
cd "$(dirname "$0")/../.."
. deploy/packages.sh

yes=no
quick=
for argument in "$@"; do
    case $argument in
        --yes) yes=yes ;;
        --quick) quick=--quick ;;
        *) echo "usage: sh tests/bench/run.sh [--yes] [--quick]"; exit 2 ;;
    esac
done

# shellcheck disable=SC2086
need_packages "$yes" $build_packages nginx haproxy openssl python3 util-linux
[ "$(nproc)" -ge 2 ] || { echo "Two cores are needed: one for the gateway, one for the rest."; exit 1; }
[ "$(ulimit -n)" -ge 15000 ] || ulimit -n 15000

portkey=
if command -v npm >/dev/null; then
    portkey=--portkey
    installed=tests/bench/node_modules/.installed-lock.json
    if ! cmp -s tests/bench/package-lock.json "$installed"; then
        (cd tests/bench && npm ci --ignore-scripts)
        cp tests/bench/package-lock.json "$installed"
    fi
else
    echo "WITHOUT PORTKEY: npm is not installed." >&2
fi

build=build/bench
cmake --preset release -B "$build" -DSLUICE_BENCH=ON >/dev/null
cmake --build "$build" --target sluice bench_load bench_upstream

exec python3 tests/bench/bench.py --sluice "$build/sluice" --load "$build/bench_load" \
    --upstream "$build/bench_upstream" --results "$build/results.json" $portkey $quick
