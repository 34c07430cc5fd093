#!/bin/sh
# Builds Sluice and starts its demo on http://127.0.0.1:8006: no account, no key, no configuration.
#   sh deploy/quickstart.sh [--yes]       --yes: install missing packages without asking
set -eu
cd "$(dirname "$0")/.."
. deploy/packages.sh

yes=no
[ "${1:-}" = --yes ] && yes=yes
# shellcheck disable=SC2086
need_packages "$yes" $build_packages curl

echo "Building (a few minutes the first time) ..."
log=build/quickstart.log
mkdir -p build
if ! { cmake --preset release && cmake --build --preset release; } >"$log" 2>&1; then
    tail -n 40 "$log"
    echo "The build failed; the whole log is in $log."
    exit 1
fi

url=http://127.0.0.1:8006
if curl -fsS -o /dev/null "$url/livez" 2>/dev/null; then
    echo "Something answers on $url already; stop it first."
    exit 1
fi
build/release/sluice --demo >build/demo.log 2>&1 &
sluice=$!
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    curl -fsS -o /dev/null "$url/livez" 2>/dev/null && break
    kill -0 "$sluice" 2>/dev/null || { cat build/demo.log; exit 1; }
    sleep 0.1
done

say='"messages":[{"role":"user","content":"Water finds its way around every stone."}]'
post() {
    path=$1
    body=$2
    shift 2
    echo "   curl $* $url$path -H 'content-type: application/json' -d '$body'"
    echo
    curl -fsS "$@" "$url$path" -H 'content-type: application/json' -d "$body"
    echo
}

echo
echo "1. A streamed answer of the mock provider, a word at a time:"
post /api/v1/mock/chat/stream "{\"model\":\"slow\",$say}" -N
echo
echo "2. A call whose first target fails: retried there, then answered by the next one."
echo "   x-sluice-attempts says who was tried and what happened."
post /api/v1/auto/chat "{$say}" -i | grep -iE 'curl|^HTTP|^x-sluice-(provider|model|attempts)|^\{'
echo
cat <<EOF

Sluice is running (process $sluice, log in build/demo.log).
   API      $url/api/v1/auto/chat
   page     $url/ui/
   health   $url/health
   metrics  $url/metrics
With a real key:  kill $sluice; OPENAI_API_KEY=sk-... build/release/sluice
   then           curl $url/api/v1/openai/chat -H 'content-type: application/json' -d '{$say}'
Stop it with:     kill $sluice
EOF
