"""Installs what a package-lock.json names beside it, unless it is there already: npm_install.py NPM FOLDER"""
import subprocess
import sys
from pathlib import Path

npm, folder = sys.argv[1:]
lock = Path(folder, "package-lock.json")
installed = Path(folder, "node_modules", ".package-lock.json")
if not installed.exists() or installed.stat().st_mtime <= lock.stat().st_mtime:
    command = [npm, "ci", "--prefix", folder, "--no-audit", "--no-fund"]
    sys.exit(subprocess.run(command, stdout=sys.stderr, check=False).returncode)
