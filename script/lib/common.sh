# Sourced by the scripts beside it: where things are, and how to say what is done.
ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
CACHE="${XDG_CACHE_HOME:-$HOME/.cache}/antt-camera"
QUIET="${QUIET:-}"

say() { [ -n "$QUIET" ] || printf '%s\n' "$*" >&2; }
warn() { printf '%s\n' "$*" >&2; }
fail() { warn "$@"; exit 1; }
