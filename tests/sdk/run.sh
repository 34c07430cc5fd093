#!/bin/sh
# The official SDKs of the field against a running Sluice; needs the npm registry once.
#   sh tests/sdk/run.sh [--yes] [SUITE...]      SUITE: openai, mistral, anthropic, ai, langchain, panel ...
# SLUICE_BINARY: the program (default build/dev/sluice); SLUICE_SPECS: folder of the OpenAPI files;
# SLUICE_SCENARIOS: the C++ scenarios (default scenario_tests beside the program).
set -eu
cd "$(dirname "$0")"
. ../../deploy/packages.sh

yes=no
if [ "${1:-}" = --yes ]; then
    yes=yes
    shift
fi
# Node.js from elsewhere will do as well as Debian's.
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    need_packages "$yes" nodejs npm
fi

installed=node_modules/.installed-lock.json
if ! cmp -s package-lock.json "$installed"; then
    npm ci --ignore-scripts
    cp package-lock.json "$installed"
fi
node run.js "$@"
