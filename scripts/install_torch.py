"""Installs torch for training without ever pulling a CUDA build by accident.

On Linux the registry's default wheel of torch drags in gigabytes of CUDA. So: if pip is configured with a local wheel
folder (PIP_FIND_LINKS or pip.conf) that holds torch, take that; otherwise say what to do, and stop.
"""

from __future__ import annotations

import glob
import importlib.util
import os
import platform
import subprocess
import sys

VERSION = "2.13.0"


def find_links() -> list[str]:
    """Local folders pip looks into besides the registry."""
    answer = subprocess.run([sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True).stdout
    words = os.environ.get("PIP_FIND_LINKS", "").split()
    for line in answer.splitlines():
        name, _, value = line.partition("=")
        if name.endswith("find-links"):
            words += value.strip("'\"").replace("\\n", " ").split()
    return [w.removeprefix("file://") for w in words if os.path.isdir(w.removeprefix("file://"))]


def main() -> int:
    pip = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "-q"]
    subprocess.run([*pip, "--require-hashes", "-r", "requirements/train.txt"], check=True)
    if importlib.util.find_spec("torch"):
        return 0
    wheels = [w for folder in find_links() for w in glob.glob(os.path.join(folder, f"torch-{VERSION}*.whl"))]
    if not wheels and platform.system() == "Linux" and os.environ.get("JIEFEN_ALLOW_CUDA_TORCH") != "1":
        print(
            f"torch {VERSION} is needed to train, and pip has no local wheel folder that holds its CPU build.\n"
            "Download the CPU wheel into a folder and set PIP_FIND_LINKS=<folder>, or set JIEFEN_ALLOW_CUDA_TORCH=1 to take the\n"
            "registry's build (several GB with CUDA). 训练才需要 torch，运行不需要。"
        )
        return 1
    # --no-deps: its own dependencies are pinned in requirements/train.txt, so nothing else can slip in.
    subprocess.run([*pip, "--no-deps", f"torch=={VERSION}"], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
