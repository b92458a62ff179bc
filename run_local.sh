#!/usr/bin/env bash
# Dépêche on one machine. Makes its own .venv beside this script, installs the project, and then
#   ./run_local.sh [options]   runs the pipeline (without options: the bundled sample, into ./out)
#   ./run_local.sh test [...]  runs the tests
# PYTHON names the interpreter to build the .venv from; Python 3.11 or newer is needed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

find_python() {
    local candidate
    for candidate in "${PYTHON:-}" python3 python3.13 python3.12 python3.11 python; do
        if [ -n "$candidate" ] && "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    echo "run_local.sh: no Python from 3.11 to 3.13 found: install one, or name it with PYTHON=/path/to/python" >&2
    exit 2
}

# Installs what an extra needs, once: again only when setup.py or the interpreter has changed.
install() {
    local extra=$1 stamp
    if [ ! -x .venv/bin/python ]; then
        local python
        python=$(find_python)
        echo "run_local.sh: making .venv with $("$python" --version)" >&2
        "$python" -m venv .venv
    fi
    stamp="$(cksum <setup.py) $(.venv/bin/python --version)"
    if [ "$(cat ".venv/installed-$extra" 2>/dev/null)" != "$stamp" ]; then
        echo "run_local.sh: installing packages, a few minutes the first time" >&2
        .venv/bin/python -m pip install -qq --disable-pip-version-check --editable ".[$extra]"
        echo "$stamp" >".venv/installed-$extra"
    fi
}

if [ "${1:-}" = test ]; then
    shift
    install dev
    exec .venv/bin/python -m pytest "$@"
fi

install sql
if [ "$#" -gt 0 ]; then
    exec .venv/bin/python -m pipeline "$@"
fi

.venv/bin/python -m pipeline
question="SELECT speaker_name, source, cue, left(text, 70) AS says
FROM claims WHERE speaker_name IS NOT NULL ORDER BY date, source, article_id, "start" LIMIT 8"
printf '\nWho said what? %s\n\n' "$question"
.venv/bin/python -m pipeline sql "$question"
echo 'Ask your own: .venv/bin/python -m pipeline sql "SELECT …"'
