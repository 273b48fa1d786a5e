#!/usr/bin/env python3
"""Make .venv what the lock files say. Needs nothing but Python 3.11 or later.

uv installs (ten seconds instead of fifty); it comes from pip with its hashes like everything else.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin/python"
LOCKS = [ROOT / "requirements/uv.txt", ROOT / "requirements/dev.txt"]
PIP = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--require-hashes"]
STAMP = VENV / ".stamp"
COMMAND = f"""\
#!{PYTHON}
import sys

sys.path.insert(0, {str(ROOT)!r})
from guanxi.edge.ops.command import main

sys.exit(main())
"""


def stamp() -> str:
    texts = [path.read_bytes() for path in [*LOCKS, Path(__file__)]]
    return hashlib.sha256(b"".join([sys.version.encode(), str(ROOT).encode(), *texts])).hexdigest()


def make() -> None:
    if not PYTHON.exists():
        print("Making the Python environment ...", flush=True)
        shutil.rmtree(VENV, ignore_errors=True)
        done = subprocess.run([sys.executable, "-m", "venv", str(VENV)])
        if done.returncode:
            sys.exit("Python could not make an environment. On Debian and Ubuntu: apt-get install python3-venv")
    subprocess.run([*PIP, "-r", str(LOCKS[0])], check=True)


def install() -> None:
    print("Installing the dependencies ...", flush=True)
    locks = [word for path in LOCKS for word in ("-r", str(path))]
    sync = [str(VENV / "bin/uv"), "pip", "sync", "--quiet", "--require-hashes", "--compile-bytecode", *extra_sources()]
    environment = {**os.environ, "VIRTUAL_ENV": str(VENV)}
    if subprocess.run([*sync, *map(str, LOCKS)], env=environment).returncode:
        print("uv could not; pip tries, which takes longer ...", flush=True)
        subprocess.run([*PIP, *locks], check=True)


def extra_sources() -> list[str]:
    """uv does not read pip's settings; somebody behind a mirror has set those."""
    listed = subprocess.run([str(PYTHON), "-m", "pip", "config", "list"], capture_output=True, text=True).stdout
    words: list[str] = []
    for line in listed.splitlines():
        name, _, value = line.partition("=")
        option = name.rpartition(".")[2]
        if option in {"index-url", "extra-index-url", "find-links"}:
            for address in value.strip("'\"").replace("\\n", " ").split():
                words += [f"--{option}", address]
    # Hashes decide what is right, not which index has it first.
    return [*words, "--index-strategy=unsafe-best-match"] if words else []


def write_command() -> None:
    path = VENV / "bin/guanxi"
    path.write_text(COMMAND)
    path.chmod(0o755)


def main() -> int:
    if sys.version_info < (3, 11):  # noqa: UP036 (run by whatever Python the machine has)
        sys.exit(
            f"Python 3.11 or later is needed; this is {sys.version.split()[0]}. Say which: make PYTHON=python3.12 up"
        )
    if STAMP.exists() and STAMP.read_text() == stamp():
        return 0
    make()
    install()
    write_command()
    STAMP.write_text(stamp())
    return 0


if __name__ == "__main__":
    sys.exit(main())
