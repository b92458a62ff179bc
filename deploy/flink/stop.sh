#!/usr/bin/env bash
# End the cluster that start.sh started, its Python workers with it. Checkpoints, savepoints and logs stay.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/settings.sh"

PATIENCE_SECS=15

signal() { # SIGNAL: to every process of the cluster that runs; fails when there is none
    local file name found=1
    for file in "$cluster"/run/*.pid; do
        name=$(basename "$file" .pid)
        if runs "$name"; then
            kill "-$1" "$(cat "$file")" 2>/dev/null && found=0
        fi
    done
    return $found
}

signal TERM || true
since=$SECONDS
while signal 0; do
    [ $((SECONDS - since)) -lt $PATIENCE_SECS ] || signal KILL || true
    sleep 0.2
done
rm -f "$cluster"/run/*
