#!/bin/sh
# Makes everything that comes from the code's contract: openapi/, schemas/ and the clients' generated parts.
#
#   clients/generate.sh           in this repository
#   clients/generate.sh FOLDER    the same below FOLDER, without the TypeScript client
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
out=${1:-$root}
mkdir -p "$out"
out=$(cd "$out" && pwd)
app=docs/examples/default/app.py

cd "$root"
# Where the development environment is, its commands come first; the generator calls ruff by name.
PATH=$root/.venv/bin:$PATH
export PATH

flask --app "$app" auth spec --out "$out/openapi"
flask --app "$app" auth schemas --out "$out/schemas"

package=$out/clients/python/flask_headless_auth_client
mkdir -p "$out/clients/python"
# Built beside and moved, so that modules of operations that are gone do not stay.
rm -rf "$package.new"
prepared=$(mktemp -d)
trap 'rm -rf "$prepared"' EXIT
python clients/python/prepare.py "$out/openapi/openapi.json" >"$prepared/openapi.json"
openapi-python-client generate --path "$prepared/openapi.json" --meta none \
    --config clients/python/config.yaml --custom-template-path clients/python/templates \
    --output-path "$package.new" --fail-on-warning
rm -rf "$package"
mv "$package.new" "$package"

if [ "$out" = "$root" ] && [ -x clients/typescript/generate.sh ]; then
    if command -v npm >/dev/null; then
        sh clients/typescript/generate.sh
    else
        echo "Node is not there: the TypeScript client stays as it is." >&2
    fi
fi
