#!/bin/sh
# Makes the typed client from an OpenAPI contract.
#
#   ./generate.sh                  src/generated from ../../openapi/openapi.json: the published package
#   ./generate.sh SPEC FOLDER      a client of your own application in FOLDER (src/index.ts beside generated/),
#                                  with the columns of your user model; SPEC is a file made by `flask auth spec`
set -eu

at=$(pwd)
here=$(cd "$(dirname "$0")" && pwd)
absolute() { case $1 in /*) echo "$1" ;; *) echo "$at/$1" ;; esac; }

if [ $# -eq 2 ]; then
    SPEC=$(absolute "$1")
    folder=$(absolute "$2")
    OUTPUT=$folder/generated
    mkdir -p "$folder"
    cp "$here/src/index.ts" "$folder/index.ts"
elif [ $# -eq 0 ]; then
    SPEC=$here/../../openapi/openapi.json
    OUTPUT=$here/src/generated
else
    echo "usage: generate.sh [SPEC FOLDER]" >&2
    exit 2
fi
[ -f "$SPEC" ] || { echo "There is no contract at $SPEC." >&2; exit 1; }
export SPEC

cd "$here"
[ -x node_modules/.bin/openapi-ts ] || npm ci --silent

# Made beside and moved into place, so that nobody finds half of it; left alone where nothing changed.
made=$OUTPUT.$$
trap 'rm -rf "$made"' EXIT
OUTPUT=$made node_modules/.bin/openapi-ts --silent
if ! diff -rq "$made" "$OUTPUT" > /dev/null 2>&1; then
    rm -rf "$OUTPUT"
    mv "$made" "$OUTPUT"
fi
