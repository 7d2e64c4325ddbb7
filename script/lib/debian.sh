# Debian packages: those the project runs, and Python 3.14 where nothing newer is at hand.

# command or file that shows a package is there -> package
DEBIAN_PARTS="
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

part_is_there() {
  case "$1" in
    /*) [ -e "$1" ] ;;
    lib*) ldconfig -p 2>/dev/null | grep -q "$1" ;;
    *) command -v "$1" >/dev/null || [ -x "/usr/sbin/$1" ] ;;
  esac
}

install_debian_parts() {
  local entry missing=""
  for entry in $DEBIAN_PARTS; do
    part_is_there "${entry%%:*}" || missing="$missing ${entry##*:}"
  done
  [ -n "$missing" ] || return 0
  if ! command -v apt-get >/dev/null; then
    say "Missing, and there is no apt-get to install it:$missing"
    return 0
  fi
  say "Installing Debian packages:$missing"
  # A broker started by its package would take port 1883 and outlive us.
  local policy=/usr/sbin/policy-rc.d made=""
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null && as_root chmod +x "$policy" && made=1
  fi
  as_root apt-get -qq update >/dev/null || say "The package lists could not be brought up to date."
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install $missing >/dev/null \
    || fail "apt-get could not install:$missing"
  [ -z "$made" ] || as_root rm -f "$policy"
}

PYTHON_PARTS="python3.14 python3.14-minimal libpython3.14-minimal libpython3.14-stdlib python3.14-dev
libpython3.14-dev libpython3.14 libc6 libstdc++6 libgcc-s1 libssl3t64 libffi8 libsqlite3-0 libexpat1 liblzma5
libbz2-1.0 libzstd1 zlib1g libreadline8t64 libncursesw6 libtinfo6 libuuid1 libgdbm6t64 libdb5.3t64"

# Debian's next release has the Python; its files are unpacked into a folder, the system stays as it is.
unpack_debian_python() {
  local home="$CACHE/python3.14" root="$CACHE/python3.14/root" libraries loader
  [ ! -x "$root/usr/bin/python3.14" ] || [ ! -e "$home/complete" ] || return 0
  command -v dpkg >/dev/null || fail "Python 3.14.2 or newer is needed; install it and run this again."
  say "Unpacking Python 3.14 from Debian into $home"
  rm -rf "$home"
  mkdir -p "$home/lists/partial" "$home/cache/archives/partial" "$home/packages" "$root"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian forky main" \
    > "$home/forky.list"
  local apt=(apt-get -qq -o Dir::Etc::sourcelist="$home/forky.list" -o Dir::Etc::sourceparts=-
    -o Dir::State::lists="$home/lists" -o Dir::Cache="$home/cache" -o APT::Get::List-Cleanup=0
    -o APT::Sandbox::User=root)
  "${apt[@]}" update || fail "Debian's package lists could not be read."
  (cd "$home/packages" && "${apt[@]}" download $PYTHON_PARTS) || fail "Debian's Python could not be downloaded."
  local package
  for package in "$home"/packages/*.deb; do dpkg -x "$package" "$root"; done
  libraries="$root/usr/lib/x86_64-linux-gnu"
  [ -d "$libraries" ] || libraries="$(dirname "$(find "$root/usr/lib" -name 'libc.so.6' | head -1)")"
  loader="$(find "$root" -name 'ld-linux-*.so.*' | head -1)"
  "$(tool patchelf)" --set-interpreter "$loader" --force-rpath --set-rpath "$libraries" "$root/usr/bin/python3.14"
  rm -rf "$home/packages" "$home/cache" "$home/lists"
  "$root/usr/bin/python3.14" -c 'import ssl, sqlite3, lzma, ctypes' || fail "Debian's Python does not run here."
  touch "$home/complete"
}
