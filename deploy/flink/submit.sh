#!/usr/bin/env bash
# Run the pipeline on the cluster that start.sh started, one worker a TaskManager. All options of the pipeline:
#   submit.sh                                              the bundled sample, into ./out
#   submit.sh --input 'articles/*.html' --output lake      files
#   submit.sh --feeds feeds.opml --streaming --output lake  feeds, until the job is stopped (see docs/scaling.md)
# and those of Beam's Flink runner, such as --savepoint_path. Settings: settings.sh; more: README.md.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/settings.sh"

runs jobserver || fail "the cluster is not up: run $here/start.sh"
# Workers work in this folder, so that a relative path means the same there as here.
environment=$("$python" -c '
import json, sys
print(json.dumps({"command": sys.argv[1], "env": {"DEPECHE_WORKING_FOLDER": sys.argv[2]}}))
' "$here/worker.sh" "$PWD")
export PYTHONPATH=$root${PYTHONPATH:+:$PYTHONPATH}
# A worker without work for a minute ends; without that time, each step of a batch job would start workers anew.
# Beam takes a job without end for one that is at its end, unless it is told itself that there are checkpoints.
# Bundles end before a checkpoint begins: else Beam sends on the watermark at once and what they have put out after the
# checkpoint, which the next window then drops as late.
exec "$python" -m pipeline --runner PortableRunner --job_endpoint "127.0.0.1:$job_service_port" \
    --parallelism "$task_managers" --environment_type PROCESS --environment_config "$environment" \
    --environment_cache_millis 60000 --checkpointing_interval "$checkpoint_msec" --finish_bundle_before_checkpointing "$@"
