#!/bin/sh
# Installs the newest mlflow from PyPI into .venv/mlflow under the repository root, for the proofs that need the real
# thing, and tokenizers, which packages of encoders need. Safe to call any number of times, and from several processes at once: the lock makes the late ones wait, the
# marker makes them return at once. A venv can't be built aside and renamed into place, because its scripts carry
# absolute paths; hence lock and marker. With CI set, pip looks for a newer release every time: CI machines may be kept.
# Set MLFLOW_REQUIREMENT (for example mlflow==3.1.0) to prove another version.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
venv=$root/.venv/mlflow
requirement=${MLFLOW_REQUIREMENT:-mlflow}
marker=$venv/.installed

mkdir -p "$root/.venv"
exec 9>"$root/.venv/mlflow.lock"
flock 9

if [ -n "${CI:-}" ] || [ "$(cat "$marker" 2>/dev/null)" != "$requirement tokenizers" ] ||
  ! "$venv/bin/python" -c 'import mlflow' 2>/dev/null; then
  [ -x "$venv/bin/python" ] || python3 -m venv "$venv"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --upgrade "$requirement" tokenizers
  printf '%s tokenizers' "$requirement" >"$marker"
fi
"$venv/bin/python" -c 'import mlflow; print("mlflow", mlflow.__version__)'
