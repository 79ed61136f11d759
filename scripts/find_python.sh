#!/usr/bin/env bash
# Prints the path of a working Python of one of the wanted versions (e.g. find_python.sh 3.10), looking on PATH, through pyenv and through uv.
# A pyenv shim may exist without the version behind it, so every candidate is run before it is believed.
set -u

works() { # path version
  [ -n "$1" ] && [ -x "$1" ] && [ "$("$1" -c 'import sys, venv, ensurepip; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)" = "$2" ]
}

real() { "$1" -c 'import sys; print(getattr(sys, "_base_executable", sys.executable))'; } # the Python behind a shim

for version in "$@"; do
  for candidate in "$(command -v "python$version" 2>/dev/null)" "$(command -v python3 2>/dev/null)" "/usr/bin/python$version" "/usr/local/bin/python$version"; do
    if works "$candidate" "$version"; then real "$candidate"; exit 0; fi
  done
  root="${PYENV_ROOT:-$HOME/.pyenv}"
  for candidate in "$root"/versions/"$version"*/bin/"python$version"; do
    if works "$candidate" "$version"; then real "$candidate"; exit 0; fi
  done
  if command -v uv >/dev/null 2>&1; then
    candidate=$(uv python find --no-python-downloads "$version" 2>/dev/null)
    if works "$candidate" "$version"; then real "$candidate"; exit 0; fi
  fi
done

first="$1"
{
  echo "没有找到可用的 Python $* 。(No working Python $* found on PATH, in pyenv or in uv.)"
  echo "  Get one with any of:   uv python install $first    |    pyenv install $first    |    your system's python$first and python$first-venv packages"
  echo "  装好后重新运行即可; then run the same command again."
} >&2
exit 1
