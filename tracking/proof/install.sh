#!/bin/sh
# Installs the newest `mlflow` from PyPI into a private environment, for the proofs of this folder.
# Running it again is cheap: an environment that already imports mlflow is left alone.
#
#   sh tracking/proof/install.sh            # into tracking/proof/.venv
#   MLFLOW_VENV=/somewhere sh tracking/proof/install.sh
#   MLFLOW_VERSION=3.18.0 sh tracking/proof/install.sh
set -eu

here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
venv=${MLFLOW_VENV:-$here/.venv}
python=${PYTHON:-python3}

if [ -x "$venv/bin/mlflow" ] && "$venv/bin/python" -c 'import mlflow' >/dev/null 2>&1; then
  "$venv/bin/python" -c 'import mlflow; print("mlflow", mlflow.__version__, "is already there")'
  exit 0
fi

"$python" -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check "mlflow${MLFLOW_VERSION:+==$MLFLOW_VERSION}"
"$venv/bin/python" -c 'import mlflow; print("mlflow", mlflow.__version__, "installed")'
