#!/bin/sh
# Make the two environments that everything else runs in: .venv (ours) and .venv-engine (the local engine's).
# Does nothing when they are up to date. Needs Python 3.11 or newer with venv; names the cure for what is missing.
set -eu
cd "$(dirname "$0")"
mark=.venv/installed
now=$(cat requirements/uv.lock requirements/dev.lock requirements/engine.lock install.sh | cksum)
[ -f "$mark" ] && [ -x .venv-engine/bin/python ] && [ "$(cat "$mark")" = "$now" ] && exit 0

fits() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }
python=
for candidate in python3.13 python3.14 python3.12 python3.11 python3 /usr/bin/python3 /usr/local/bin/python3; do
    if fits "$candidate"; then python=$candidate; break; fi
done
if [ -z "$python" ]; then
    echo "Kalit needs Python 3.11 or newer (3.13 is what runs on AWS); none was found on the PATH. Install one, then run this again." >&2
    exit 1
fi
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
[ "$version" = 3.13 ] || echo "  Python 3.13, which runs on AWS, was not found; Python $version is used instead"

echo "  installing into .venv and .venv-engine (Python $version) ..."
rm -rf .venv .venv-engine
if ! "$python" -m venv .venv; then
    echo "Python $version cannot make virtual environments. On Debian or Ubuntu: apt install python3-venv" >&2
    exit 1
fi
fail() {
    echo "Packages could not be installed. Is there a network, and does 'pip download six' work? Then run this again." >&2
    rm -rf .venv .venv-engine
    exit 1
}
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.lock || fail
install() { .venv/bin/uv pip install --quiet --require-hashes --compile-bytecode --python "$1" -r "requirements/$2.lock" || fail; }
install .venv/bin/python dev
.venv/bin/uv venv --quiet --python "$(.venv/bin/python -c 'import sys; print(sys._base_executable)')" .venv-engine || fail
install .venv-engine/bin/python engine
# Our own code is found wherever Python is started from.
.venv/bin/python -c 'import pathlib, sysconfig; print(*map(pathlib.Path.absolute, map(pathlib.Path, (".", "layers/kalit/python"))), sep="\n", file=open(sysconfig.get_path("purelib") + "/kalit.pth", "w"))'
echo "$now" >"$mark"
