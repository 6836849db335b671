#!/usr/bin/env bash
# Publishes the npm packages of a release:
#     ci/publish-npm.sh ARCHIVES
# ARCHIVES is the folder with the packed packages of all platforms. They come first, so that nobody can install a `frontleak`
# whose binary is not there yet. A package that is published already is left out, so a job that failed can run again.
set -euo pipefail

archives=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."

publish() { # NAME VERSION SOURCE
  if [ "$(npm view "$1@$2" version 2>/dev/null)" = "$2" ]; then
    echo "$1@$2 is published already"
  else
    npm publish "$3" --provenance --access public
  fi
}

field() { # FIELD, of a package.json on standard input
  node -e 'process.stdout.write(String(JSON.parse(require("fs").readFileSync(0, "utf8"))[process.argv[1]]))' "$1"
}

wanted=$(node -e 'console.log(Object.keys(require("./npm/frontleak/package.json").optionalDependencies).sort().join("\n"))')
found=$(for archive in "$archives"/*.tgz; do tar -xzOf "$archive" package/package.json | field name && echo; done | sort)
if [ "$found" != "$wanted" ]; then
  printf 'error: packages of platforms:\n%s\nexpected:\n%s\n' "$found" "$wanted" >&2
  exit 1
fi

for archive in "$archives"/*.tgz; do
  package=$(tar -xzOf "$archive" package/package.json)
  publish "$(field name <<<"$package")" "$(field version <<<"$package")" "$archive"
done
for folder in npm/frontleak npm/unplugin-frontleak npm/vite-plugin-frontleak; do
  cp LICENSE "$folder/"
  publish "$(field name <"$folder/package.json")" "$(field version <"$folder/package.json")" "./$folder"
done
