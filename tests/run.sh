#!/bin/sh
# Installs what the tests need, builds, and runs everything that needs no network.
#   sh tests/run.sh [--yes] [PRESET]      PRESET: dev (default), asan, tsan
set -eu
cd "$(dirname "$0")/.."
. deploy/packages.sh

yes=no
preset=dev
for argument in "$@"; do
    case $argument in
        --yes) yes=yes ;;
        *) preset=$argument ;;
    esac
done

# shellcheck disable=SC2086
need_packages "$yes" $build_packages libclang-rt-19-dev libgtest-dev libgmock-dev python3 python3-yaml openssl curl prometheus ccache valgrind \
    nginx caddy systemd docker-compose yamllint shellcheck mandoc

cmake --preset "$preset"
cmake --build --preset "$preset"
ctest --preset "$preset"
