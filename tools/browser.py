#!/usr/bin/env python3
"""Have a Chromium and Chinese fonts for the browser journeys; from the distribution, where that is allowed."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome")
PACKAGES = ("chromium", "fonts-noto-cjk")


def is_there() -> bool:
    return any(shutil.which(name) for name in NAMES)


def has_chinese_font() -> bool:
    asked = shutil.which("fc-list")
    return bool(asked) and bool(subprocess.run([str(asked), ":lang=zh"], capture_output=True).stdout)


def command(*words: str) -> list[str]:
    return list(words) if os.geteuid() == 0 else ["sudo", "-n", *words]


def main() -> int:
    if is_there() and has_chinese_font():
        return 0
    if not shutil.which("apt-get"):
        print("Chromium and a Chinese font are needed for the browser journeys; install them.", file=sys.stderr)
        return 1
    print("Installing Chromium and Chinese fonts ...", flush=True)
    subprocess.run(command("apt-get", "update", "-q"), check=False, stdout=subprocess.DEVNULL)
    install = command("apt-get", "install", "-y", "-q", "--no-install-recommends", *PACKAGES)
    code = subprocess.run(install, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}).returncode
    return 0 if is_there() else (code or 1)


if __name__ == "__main__":
    sys.exit(main())
