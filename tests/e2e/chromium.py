"""Find the Chromium that the browser tests drive, and install Debian's where that is allowed.

``python -m tests.e2e.chromium`` installs it if need be; it fails with one line where it may not.
"""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
# A font with Chinese characters: without one every page is full of empty boxes.
PACKAGES = ("chromium", "fonts-noto-cjk")


def find() -> str | None:
    """The path of a Chromium that runs, or None. ``CHROMIUM`` names one that is not on the PATH."""
    for name in (os.environ.get("CHROMIUM", ""), *NAMES):
        path = shutil.which(name) if name else None
        # Some systems have a stand-in that only tells how to install the real one.
        if path and subprocess.run([path, "--version"], capture_output=True).returncode == 0:
            return path
    return None


def apt_get() -> list[str] | None:
    """The words before an ``apt-get`` command that may install packages, or None where none may."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return ["apt-get"]
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True).returncode == 0:
        return [sudo, "-n", "--preserve-env=DEBIAN_FRONTEND", "apt-get"]
    return None


def install() -> None:
    """Install Debian's Chromium, if apt-get may."""
    command = apt_get()
    if not command:
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["update", "-qq"], ["install", "-qq", "-y", "--no-install-recommends", *PACKAGES]):
        # An update may fail for one source out of many, and the installation still succeed.
        subprocess.run([*command, *step], env=environment, stdin=subprocess.DEVNULL, stdout=sys.stderr)


def main() -> None:
    if not find():
        install()
    if not find():
        sys.exit(
            f"The browser tests need Chromium: apt-get install {' '.join(PACKAGES)} (or set CHROMIUM to its path)"
        )


if __name__ == "__main__":
    main()
