# Read by the scripts beside it; each value may be set in the environment instead.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)

# Everything fetched, written and logged. One folder is one cluster.
cluster=${DEPECHE_FLINK_FOLDER:-$here/.cluster}
jars=${DEPECHE_FLINK_JARS:-$here/.cluster/jars}
# The first of 30 ports on the loopback interface: the cluster takes the ones below.
port=${DEPECHE_FLINK_PORT:-18180}
task_managers=${DEPECHE_FLINK_TASK_MANAGERS:-2}
# The interpreter of the project's own environment: it submits jobs, and the workers are started with it.
python=${DEPECHE_PYTHON:-$root/.venv/bin/python}
checkpoint_msec=${DEPECHE_FLINK_CHECKPOINT_MSEC:-10000}

rest_port=$((port + 1))
job_manager_port=$((port + 2))
blob_port=$((port + 3))
job_service_port=$((port + 4))
artifact_port=$((port + 5))
rest=http://127.0.0.1:$rest_port

fail() {
    echo "$(basename "$0"): $1" >&2
    exit 2
}

# Whether the process of that name runs, and is one of this cluster: a process id may have been given to another.
runs() {
    local pid
    pid=$(cat "$cluster/run/$1.pid" 2>/dev/null) || return 1
    ps -ww -o args= -p "$pid" 2>/dev/null | grep -qF -- "-Ddepeche.cluster=$cluster "
}
