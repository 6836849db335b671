#!/usr/bin/env bash
# The steps of action.yml: `key`, `install`, `scan` and `finish`. Everything that a workflow says comes in through
# variables, and none of it is read as shell code. tests/journeys/ci runs the steps in the order of action.yml.
#
# RUNNER_TEMP      where the wheels, the environment and the reports are written
# GITHUB_ACTION_PATH, GITHUB_OUTPUT, GITHUB_STEP_SUMMARY, GITHUB_WORKSPACE   as GitHub sets them
# FL_PYTHON        the Python to install with
# FL_VERSION       empty for the commit of this action, a version on PyPI, or what pip can install
# FL_PATHS, FL_OPTIONS   one path, or one option, a line
# FL_FAIL_ON, FL_EXIT_CODE
set -euo pipefail

home=${RUNNER_TEMP//\\//}/frontleak  # forward slashes on Windows, too
wheels=$home/wheels
output=${GITHUB_OUTPUT:-/dev/null}

fail() {
  printf '::error title=frontleak::%s\n' "$1"
  exit 2
}

# Sets `source`, and runs in no subshell, whose message would be lost.
choose_source() {
  case ${FL_VERSION:-} in
    '') source=${GITHUB_ACTION_PATH//\\//} ;;
    [0-9]*) source=frontleak==$FL_VERSION ;;
    -*) fail "version: an option of pip is no version; give a version, a wheel or an address" ;;
    *) source=$FL_VERSION ;;
  esac
}

# What the wheels depend on: the interpreter, the machine, and the version or the files of this action.
key() {
  local interpreter files=
  interpreter=$("$FL_PYTHON" -I -c 'import platform,sys;print(sys.platform,platform.machine(),platform.python_version())')
  [ -n "${FL_VERSION:-}" ] || files=$(cd "$GITHUB_ACTION_PATH" &&
    find pyproject.toml hatch_build.py ci scanner rules -type f ! -name '*.pyc' -print0 | LC_ALL=C sort -z | xargs -0 cat |
    "$FL_PYTHON" -I -c 'import hashlib,sys;print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())')
  printf '%s|%s|%s' "$interpreter" "${FL_VERSION:-}" "$files" |
    "$FL_PYTHON" -I -c 'import hashlib,sys;print("key=frontleak-"+hashlib.sha256(sys.stdin.buffer.read()).hexdigest())' |
    tee -a "$output"
  printf 'wheels=%s\n' "$wheels" >> "$output"
}

install() {
  local source python=$home/venv/bin/python
  if ! [ -e "$wheels/complete" ]; then  # not restored from the cache
    choose_source
    rm -rf "$wheels"
    PIP_CONSTRAINT="${GITHUB_ACTION_PATH//\\//}/ci/constraints.txt" "$FL_PYTHON" -I -m pip wheel --quiet \
      --disable-pip-version-check --wheel-dir "$wheels" -- "$source" ||
      fail "frontleak ${FL_VERSION:-of this action} could not be installed; the lines above have the message of pip"
    touch "$wheels/complete"
  fi
  rm -rf "$home/venv"
  "$FL_PYTHON" -I -m venv --without-pip "$home/venv"
  [ -e "$python" ] || python=$home/venv/Scripts/python.exe
  "$FL_PYTHON" -I -m pip --python "$python" install --quiet --disable-pip-version-check --no-index --no-deps "$wheels"/*.whl
  "$(command_path)" --version
}

# The script, and never `python -m`, which would import modules of the workspace.
command_path() {
  if [ -e "$home/venv/bin/frontleak" ]; then printf '%s' "$home/venv/bin/frontleak"
  else printf '%s' "$home/venv/Scripts/frontleak.exe"; fi
}

scan() {
  local path option code=0 paths=() options=()
  while IFS= read -r path; do [ -z "$path" ] || paths+=("$path"); done <<< "${FL_PATHS:-}"
  while IFS= read -r option; do [ -z "$option" ] || options+=("$option"); done <<< "${FL_OPTIONS:-}"
  [ -z "${FL_FAIL_ON:-}" ] || options+=("--fail-on=$FL_FAIL_ON")
  rm -rf "$home/reports"
  mkdir -p "$home/reports"
  cd "$GITHUB_WORKSPACE"
  "$(command_path)" scan \
    --format github \
    --format text -o "$home/reports/report.txt" \
    --format github-summary -o "$home/reports/summary.md" \
    --format json -o "$home/reports/report.json" \
    --format sarif -o "$home/reports/frontleak.sarif" \
    "${options[@]+"${options[@]}"}" -- "${paths[@]+"${paths[@]}"}" || code=$?
  printf 'exit-code=%s\n' "$code" >> "$output"
  [ -e "$home/reports/report.txt" ] || return 0  # a mistake in the settings, which the log has
  cat "$home/reports/report.txt"
  cat "$home/reports/summary.md" >> "${GITHUB_STEP_SUMMARY:-/dev/null}"
  printf '%s\n' "sarif=$home/reports/frontleak.sarif" "report=$home/reports/report.json" >> "$output"
}

finish() {
  case ${FL_EXIT_CODE:-} in
    0) ;;
    1) printf '%s\n' "frontleak: findings that fail the scan; the report is in the step before" ;;
    3) fail "the scan is incomplete, or nothing was scanned; the report says why" ;;
    *) fail "the scan ended with an error (exit code ${FL_EXIT_CODE:-unknown}); the log of the scan says why" ;;
  esac
  exit "${FL_EXIT_CODE:-2}"
}

case ${1:-} in
  key | install | scan | finish) "$1" ;;
  *) fail "github-action.sh: ${1:-no step}: not one of key, install, scan, finish" ;;
esac
