#!/usr/bin/env bash
# Installs what Apus needs besides a Swift toolchain, on Debian and Ubuntu. Does nothing when all is there.
# `setup.sh bench` also wants what the benchmark's Python environment stands on, `setup.sh mpi` what several processes need.
set -euo pipefail

stop() {
    echo "setup: $1" >&2
    exit 1
}

# Whether a file of this name (a pattern) exists.
there() { compgen -G "$1" >/dev/null; }

oldest=6.2
command -v swift >/dev/null ||
    stop "no 'swift' on the PATH; install Swift $oldest or later from https://www.swift.org/install/linux/"
found=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9.]*\).*/\1/p')
[ "$(printf '%s\n' "$oldest" "${found:-0}" | sort -V | head -n 1)" = "$oldest" ] ||
    stop "Swift $oldest or later is needed, '$(command -v swift)' is ${found:-of an unknown version}"

packages=()
missing=""
# want PATTERN PACKAGE WHY: the package is needed where no file matches the pattern.
want() {
    there "$1" && return
    packages+=("$2")
    missing+="  $2: $3"$'\n'
}

# The C++ library's development files are named after the release's own compiler; they bring libgomp's too.
compiler=12
[ -r /etc/os-release ] && case "$(. /etc/os-release && echo "$ID $VERSION_ID")" in
    "ubuntu 22.04") compiler=11 ;;
    "ubuntu 24.04") compiler=13 ;;
    "debian 13" | "ubuntu 25."*) compiler=14 ;;
esac

want "/usr/include/stdlib.h" libc6-dev "the C library's headers"
want "/usr/lib/gcc/*/*/libstdc++.so" "libstdc++-$compiler-dev" "what the Swift compiler links with"
want "/usr/lib/gcc/*/*/libgomp.so" "libgcc-$compiler-dev" "the OpenMP thread pool"
want "/usr/include/oneapi/dnnl/dnnl.h" libdnnl-dev "oneDNN: float32 and bfloat16 matrix products, convolutions"
want "/usr/lib/*/openblas-openmp/libopenblas.so" libopenblas-openmp-dev "OpenBLAS: float64 and complex products, LAPACK"
want "/usr/include/png.h" libpng-dev "PNG files"
want "/usr/include/turbojpeg.h" libturbojpeg0-dev "JPEG files"
want "/usr/include/zip.h" libzip-dev "npz and PyTorch files, which are ZIP archives"
want "/usr/include/zlib.h" zlib1g-dev "gzip files"
if [ "${1:-}" = bench ] && ! python3 -c "import ensurepip, venv" 2>/dev/null; then
    want "" python3-venv "the benchmark's peer, PyTorch, in a virtual environment"
fi
if [ "${1:-}" = mpi ]; then
    want "/usr/bin/mpirun.openmpi" openmpi-bin "MPI, which starts several processes and joins them"
fi
[ ${#packages[@]} -gt 0 ] || exit 0

command -v apt-get >/dev/null ||
    stop "not a Debian or Ubuntu system; install what gives these yourself: ${packages[*]}"
root=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null ||
        stop "run as root, or install sudo, to: apt-get install ${packages[*]}"
    root=(sudo)
fi
printf 'setup: installing with apt-get\n%s' "$missing"
"${root[@]}" apt-get update -qq ||
    stop "'apt-get update' failed; is the network there?"
"${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" ||
    stop "apt-get could not install: ${packages[*]}"
