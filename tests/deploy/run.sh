#!/bin/sh
# The Kubernetes manifests against Kubernetes' types (needs the npm registry once), then the container image
# and the Debian package, built and started in bare Debian roots. Slow: compiles an optimized build
# inside, without the compiler cache. Needs root, for chroot and mounts.
#   sh tests/deploy/run.sh [--yes] [--twice]     --twice: compile once more, elsewhere, and compare the bytes
set -eu
cd "$(dirname "$0")/../.."
. deploy/packages.sh

yes=no
if [ "${1:-}" = --yes ]; then
    yes=yes
    shift
fi
need_packages "$yes" debootstrap python3 python3-yaml lintian curl binutils iproute2
# kubectl and Node.js from elsewhere will do as well as Debian's.
command -v kubectl >/dev/null || need_packages "$yes" kubernetes-client
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    need_packages "$yes" nodejs npm
fi
if [ "$(id -u)" -ne 0 ]; then
    echo "Run this as root: it makes file systems of its own and enters them."
    exit 1
fi

(cd tests/deploy && npm ci --ignore-scripts --silent)
python3 tests/deploy/kubernetes.py

# A bare Debian as the image's base has it, with updates and without documentation; kept for next time.
base=build/deploy/base
if [ ! -e "$base.ready" ]; then
    rm -rf --one-file-system "$base"
    mkdir -p build/deploy
    debootstrap --variant=minbase bookworm "$base" >build/deploy/debootstrap.log
    sed -e p -e 's| bookworm main| bookworm-updates main|p' -e 's|debian bookworm-updates|debian-security bookworm-security|' \
        "$base/etc/apt/sources.list" >build/deploy/sources.list
    mv build/deploy/sources.list "$base/etc/apt/sources.list"
    printf 'path-exclude %s\n' '/usr/share/doc/*' '/usr/share/man/*' '/usr/share/locale/*' >"$base/etc/dpkg/dpkg.cfg.d/docker"
    rm -rf "$base"/usr/share/doc/* "$base"/usr/share/man/* "$base"/usr/share/locale/*
    cp /etc/resolv.conf "$base/etc/resolv.conf"
    chroot "$base" sh -c 'apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get dist-upgrade -y -qq >/dev/null &&
        apt-get clean && rm -rf /var/lib/apt/lists/* /var/log/*'
    touch "$base.ready"
fi

exec unshare --mount --pid --mount-proc --fork --kill-child python3 tests/deploy/image.py "$@"
