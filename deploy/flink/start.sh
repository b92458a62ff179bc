#!/usr/bin/env bash
# Fetch Flink and Beam's job server from Maven Central, once, and start them on this machine: a JobManager, two
# TaskManagers and the job server, a process each. What runs already is left alone, so that the same command brings
# back a TaskManager that was killed. Needs Java 11 or 17, Maven and curl. Settings: settings.sh; more: README.md.
#   start.sh --fetch   only fetches
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/settings.sh"

START_SECS=120

for tool in java mvn curl ps; do
    command -v "$tool" >/dev/null || fail "$tool is not installed: it is needed to run Flink"
done

fetch() {
    if ! check "$jars" 2>/dev/null; then
        echo "start.sh: fetching Flink and Beam's job server, 153 MB" >&2
        rm -rf "$jars"
        mvn -q -B -f "$here/pom.xml" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$jars"
        check "$jars" || fail "the jars in $jars are not those of jars.sha256: see README.md, Versions"
    fi
}

# Exactly the files that jars.sha256 names, with its checksums.
check() {
    [ "$(cd "$1" && ls)" = "$(awk '{ print $2 }' "$here/jars.sha256")" ] && (cd "$1" && sha256sum --check --quiet "$here/jars.sha256")
}

configure() {
    mkdir -p "$cluster"/{conf,log,run,tmp,checkpoints,savepoints,artifacts}
    cat >"$cluster/conf/config.yaml" <<YAML
# Written by start.sh at each start.
jobmanager.rpc.address: 127.0.0.1
jobmanager.rpc.port: $job_manager_port
jobmanager.bind-host: 127.0.0.1
rest.address: 127.0.0.1
rest.bind-address: 127.0.0.1
rest.port: $rest_port
blob.server.port: $blob_port
# Beam's classes are on the cluster's own class path: a job that loads its own copy would leak one a job.
classloader.resolve-order: parent-first
execution.checkpointing.externalized-checkpoint-retention: RETAIN_ON_CANCELLATION
state.backend.type: hashmap
state.checkpoint-storage: filesystem
state.checkpoints.dir: file://$cluster/checkpoints
state.savepoints.dir: file://$cluster/savepoints
# A job outlives the loss of a TaskManager, and waits two minutes for another one; a job that fails again and again
# ends with its reason.
restart-strategy.type: exponential-delay
restart-strategy.exponential-delay.initial-backoff: 2s
restart-strategy.exponential-delay.max-backoff: 30s
restart-strategy.exponential-delay.attempts-before-reset-backoff: 8
restart-strategy.exponential-delay.reset-backoff-threshold: 5min
# A killed process is missed at the second heartbeat that cannot be sent; one that is only slow has the usual 50 s.
heartbeat.interval: 3000
io.tmp.dirs: $cluster/tmp
# What Flink's own scripts would work out from one number; the language models are in the Python workers, not here.
taskmanager.host: 127.0.0.1
taskmanager.bind-host: 127.0.0.1
taskmanager.numberOfTaskSlots: 1
taskmanager.cpu.cores: 1
taskmanager.memory.framework.heap.size: 128m
taskmanager.memory.framework.off-heap.size: 128m
taskmanager.memory.task.heap.size: 512m
taskmanager.memory.task.off-heap.size: 0m
taskmanager.memory.managed.size: 256m
taskmanager.memory.network.min: 64m
taskmanager.memory.network.max: 64m
taskmanager.memory.jvm-metaspace.size: 256m
taskmanager.memory.jvm-overhead.min: 192m
taskmanager.memory.jvm-overhead.max: 192m
YAML
}

# Flink reaches into these packages of the JDK (env.java.opts.all of its own distribution's configuration).
opened=(java.lang java.lang.reflect java.io java.net java.nio java.text java.time java.util java.util.concurrent
    java.util.concurrent.atomic java.util.concurrent.locks sun.nio.ch)

launch() { # NAME HEAP MAIN-CLASS ARGUMENTS...
    local name=$1 heap=$2 opens=() package
    shift 2
    if runs "$name"; then return; fi
    for package in "${opened[@]}"; do opens+=(--add-opens "java.base/$package=ALL-UNNAMED"); done
    # A log a life: the log of a process that was killed is kept for whoever wants to know why.
    [ ! -e "$cluster/log/$name.log" ] || mv "$cluster/log/$name.log" "$cluster/log/$name.$(date -r "$cluster/log/$name.log" +%Y%m%dT%H%M%S).log"
    DEPECHE_PYTHON=$python nohup java "-Xmx$heap" "${opens[@]}" "-Ddepeche.cluster=$cluster" \
        "-Dlog4j2.configurationFile=$here/log4j2.properties" -cp "$jars/*" "$@" \
        >"$cluster/log/$name.log" 2>&1 </dev/null &
    echo $! >"$cluster/run/$name.pid"
    echo "start.sh: $name started, process $!, log $cluster/log/$name.log" >&2
}

wait_for() { # NAME CONDITION...: a condition that NAME fulfils once it is up
    local name=$1 since=$SECONDS
    shift
    until "$@"; do
        runs "$name" || fail "$name has ended; the reason is in $cluster/log/$name.log"
        [ $((SECONDS - since)) -lt $START_SECS ] || fail "$name is not up after $START_SECS s; see $cluster/log/$name.log"
        sleep 0.5
    done
}

has_workers() {
    curl -sf "$rest/overview" | grep -q "\"taskmanagers\":$task_managers\b"
}

accepts_jobs() {
    (exec 3<>"/dev/tcp/127.0.0.1/$job_service_port") 2>/dev/null
}

fetch
[ "${1:-}" != --fetch ] || exit 0
[ -x "$python" ] || fail "there is no $python: run ./run_local.sh once, or name an interpreter with DEPECHE_PYTHON"
configure
launch jobmanager 512m org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint --configDir "$cluster/conf"
wait_for jobmanager curl -sfo /dev/null "$rest/overview"
# Calls come in at a port that the kernel chooses: the JobManager may turn away who calls from the address of a TaskManager that
# was just killed, to which it is still trying to connect (Pekko's "read-only association"), for as long as it lives.
for ((n = 1; n <= task_managers; n++)); do
    launch "taskmanager-$n" 704m org.apache.flink.runtime.taskexecutor.TaskManagerRunner --configDir "$cluster/conf" \
        -D "taskmanager.rpc.port=0" -D "taskmanager.data.port=$((port + 20 + n))" \
        -D "taskmanager.resource-id=taskmanager-$n-$(date +%s)"
done
launch jobserver 512m org.apache.beam.runners.flink.FlinkJobServerDriver --flink-master "127.0.0.1:$rest_port" \
    --flink-conf-dir "$cluster/conf" --job-host 127.0.0.1 --job-port "$job_service_port" \
    --artifact-port "$artifact_port" --expansion-port 0 --artifacts-dir "$cluster/artifacts"
for ((n = 1; n <= task_managers; n++)); do wait_for "taskmanager-$n" has_workers; done
wait_for jobserver accepts_jobs
echo "start.sh: Flink is up with $task_managers TaskManagers: $rest; submit jobs with submit.sh, end it with stop.sh" >&2
