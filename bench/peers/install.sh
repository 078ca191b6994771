#!/bin/sh
# Installs the peers that benchmarks compare with into a private environment, bench/peers/.venv (or $PEERS_VENV), from PyPI.
# Safe to run again: it returns at once when everything is there.
# usage: install.sh [requirements-file …]      default: bench/peers/requirements-keras.txt
set -eu
here=$(cd "$(dirname "$0")" && pwd)
venv=${PEERS_VENV:-$here/.venv}
[ $# -gt 0 ] || set -- "$here/requirements-keras.txt"

if [ ! -x "$venv/bin/python" ]; then
  # Without ensurepip (Debian ships it apart) pip can still install into the environment from outside.
  python3 -m venv "$venv" 2>/dev/null || python3 -m venv --without-pip "$venv"
fi
for requirements in "$@"; do
  stamp="$venv/.installed-$(basename "$requirements")"
  if [ -f "$stamp" ] && cmp -s "$requirements" "$stamp"; then continue; fi
  if "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$requirements" >&2
  else
    python3 -m pip --python "$venv/bin/python" install --quiet --disable-pip-version-check -r "$requirements" >&2
  fi
  cp "$requirements" "$stamp"
done
echo "$venv/bin/python"
