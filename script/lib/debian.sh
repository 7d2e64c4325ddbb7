# Debian packages: those the project runs, and Python 3.14 where nothing newer is at hand.

# command or file that shows a package is there:package
DEBIAN_PARTS="
python3:python3
mosquitto:mosquitto
ffmpeg:ffmpeg
chromium:chromium
git:git
gcc:gcc
g++:g++
/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf:fonts-noto-core
/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf:fonts-dejavu-core
libturbojpeg.so.0:libturbojpeg0
"

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

part_is_there() {
  case "$1" in
    /*) [ -e "$1" ] ;;
    lib*) PATH="$PATH:/sbin:/usr/sbin" ldconfig -p 2>/dev/null | grep "$1" >/dev/null ;;
    *) command -v "$1" >/dev/null || [ -x "/usr/sbin/$1" ] ;;
  esac
}

# A broker started by its package would take port 1883 and outlive us.
without_starting_services() {
  local policy=/usr/sbin/policy-rc.d made="" result=0
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null && as_root chmod +x "$policy" && made=1
  fi
  "$@" || result=$?
  [ -z "$made" ] || as_root rm -f "$policy"
  return "$result"
}

apt_install() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install "$@" >/dev/null
}

install_debian_parts() {
  local entry missing=()
  for entry in $DEBIAN_PARTS; do
    part_is_there "${entry%%:*}" || missing+=("${entry##*:}")
  done
  # To make an environment for uv where the machine has no uv.
  if ! command -v uv >/dev/null && ! python3 -c 'import ensurepip' 2>/dev/null && [ ! -x "$CACHE/tools/bin/uv" ]; then
    missing+=(python3-venv)
  fi
  [ "${#missing[@]}" -gt 0 ] || return 0
  if ! command -v apt-get >/dev/null; then
    warn "Please install what is missing here, by the names Debian gives it: ${missing[*]}"
    return 0
  fi
  say "Installing Debian packages: ${missing[*]}"
  as_root apt-get -qq update >/dev/null || warn "The package lists could not be brought up to date."
  without_starting_services apt_install "${missing[@]}" \
    || fail "That failed. Please run as root: apt-get install ${missing[*]}"
}

PYTHON_PARTS="python3.14 python3.14-minimal libpython3.14-minimal libpython3.14-stdlib python3.14-dev
libpython3.14-dev libpython3.14 libc6 libstdc++6 libgcc-s1 libssl3t64 libffi8 libsqlite3-0 libexpat1 liblzma5
libbz2-1.0 libzstd1 zlib1g libreadline8t64 libncursesw6 libtinfo6 libuuid1 libgdbm6t64 libdb5.3t64"

# Debian's next release has the Python; its files are unpacked into a folder, the system stays as it is.
unpack_debian_python() {
  local home="$CACHE/python3.14" root="$CACHE/python3.14/root" loader package
  command -v dpkg >/dev/null || fail "Python 3.14.2 or newer is needed; please install it and run this again."
  say "Unpacking Python 3.14 from Debian into $home"
  rm -rf "$home"
  mkdir -p "$home/lists/partial" "$home/cache/archives/partial" "$home/packages" "$root"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian forky main" \
    > "$home/forky.list"
  local apt=(apt-get -qq -o Dir::Etc::sourcelist="$home/forky.list" -o Dir::Etc::sourceparts=-
    -o Dir::State::lists="$home/lists" -o Dir::Cache="$home/cache" -o APT::Get::List-Cleanup=0
    -o APT::Sandbox::User=root)
  "${apt[@]}" update || fail "Debian's package lists could not be read."
  # shellcheck disable=SC2086 # a list of names
  (cd "$home/packages" && "${apt[@]}" download $PYTHON_PARTS) || fail "Debian's Python could not be downloaded."
  for package in "$home"/packages/*.deb; do dpkg -x "$package" "$root"; done
  # Its own C library and loader, by absolute paths: the machine's may be older.
  loader="$(find "$root" -name 'ld-linux-*.so.*' | head -1)"
  "$(tool patchelf)" --set-interpreter "$loader" --force-rpath \
    --set-rpath "$(dirname "$(find "$root" -name libc.so.6 | head -1)")" "$root/usr/bin/python3.14"
  rm -rf "$home/packages" "$home/cache" "$home/lists"
  "$root/usr/bin/python3.14" -c 'import ssl, sqlite3, lzma, ctypes' || fail "Debian's Python does not run here."
}
