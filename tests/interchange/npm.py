"""Packages of npm's registry."""

import os
import shutil
import subprocess
import sys


def install(directory):
    """Installs what package-lock.json lists, with the checksums in it, and returns the folder."""
    for file in ("package.json", "package-lock.json"):
        shutil.copy("tests/interchange/" + file, directory)
    try:
        done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=directory,
                              env={**os.environ, "HOME": directory}, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        sys.exit("this test needs Node.js and npm, which are not installed. On Debian:\n  sudo apt-get install npm")
    if done.returncode != 0:
        sys.exit("npm could not install what package-lock.json lists:\n" + done.stderr)
    return os.path.join(directory, "node_modules")
