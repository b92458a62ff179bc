#!/usr/bin/env bash
# What a TaskManager starts for each Python worker (Beam's container contract, without a container).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
# One worker uses one core; the matrices of a small model are too small to share out.
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1 GRPC_VERBOSITY=ERROR
export PYTHONPATH=$root${PYTHONPATH:+:$PYTHONPATH}
cd "${DEPECHE_WORKING_FOLDER:-.}"
exec "${DEPECHE_PYTHON:-$root/.venv/bin/python}" "$here/worker.py" "$@"
