#!/bin/sh
# The page at /ui/ in Debian's chromium against a running Sluice, and whether ui/dist is what ui/src makes.
#   sh tests/ui/run.sh [--yes]
# SLUICE_BINARY: the program (default build/dev/sluice); CHROMIUM: the browser (default /usr/bin/chromium).
set -eu
cd "$(dirname "$0")"
. ../../deploy/packages.sh

yes=no
[ "${1:-}" = --yes ] && yes=yes

# Debian 12's own node is 18; playwright-core and the tests' runner want 20.
major=$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)
if [ "$major" -lt 20 ] || ! command -v npm >/dev/null; then
    echo "SKIPPED: the tests of /ui/ need Node.js 20 or newer with npm; found: $major (0: none)."
    exit 0
fi
[ -x "${CHROMIUM:-/usr/bin/chromium}" ] || need_packages "$yes" chromium

install() {
    installed=node_modules/.installed-lock.json
    cmp -s package-lock.json "$installed" && return
    npm ci --ignore-scripts
    cp package-lock.json "$installed"
}
(cd ../../ui && install)
install
node --test --test-reporter=spec --test-concurrency=1 suites/*.test.js
