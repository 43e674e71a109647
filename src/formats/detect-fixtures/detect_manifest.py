"""The manifest that every make script of this folder adds to: what each file is, judged by its content."""

import json
import platform
from pathlib import Path

HERE = Path(__file__).parent
MANIFEST = HERE / "manifest.json"


def path_of(file):
    """A file's path below this folder, its folder made."""
    path = HERE / file
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def record(entries, producer):
    """Adds (file, family id or None, kind) triples, replacing earlier entries of the same files."""
    known = json.loads(MANIFEST.read_text())["files"] if MANIFEST.exists() else []
    by_file = {entry["file"]: entry for entry in known}
    for file, family, kind in entries:
        size = (HERE / file).stat().st_size
        by_file[file] = {"file": file, "family": family, "kind": kind, "producer": producer}
        print(f"{size:8d}  {family or '-':10}  {file}")
    files = [by_file[name] for name in sorted(by_file)]
    MANIFEST.write_text(json.dumps({"files": files}, indent=2) + "\n")


def python():
    return f"Python {platform.python_version()}"
