#!/bin/sh
# Build Prism, Beam's local runner for jobs without end, from its Go module into deploy/prism/bin (not in git).
#
#   deploy/prism/install.sh
#   python -m pipeline --feeds … --streaming --runner PrismRunner --prism_location deploy/prism/bin/prism
#
# Needs Go 1.25 or newer and the Go module proxy; takes some minutes the first time. The version is Beam's own, which
# setup.py pins: the two speak one protocol.
set -eu
VERSION=v2.77.0
MODULE=github.com/apache/beam/sdks/v2/go/cmd/prism
folder=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)/bin

command -v go >/dev/null || {
    echo "install.sh: there is no 'go' on the PATH: install Go from https://go.dev/dl/ and run this again" >&2
    exit 2
}
mkdir -p "$folder"
GOBIN=$folder GOFLAGS=${GOFLAGS:-} go install "$MODULE@$VERSION"
echo "$folder/prism"
