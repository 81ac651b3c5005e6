"""Fetch the pinned third-party files of the tests and of a benchmark, and check every byte.

In: nothing but the pins below; ``npm`` must be installed and allowed to reach its registry.
Out: the files of :data:`PINS`, copied unchanged. Refuses: a package or a file whose hash is
another than the recorded one; nothing is written then.

The copies are committed, so a build and a test need no network. Run this again only to move to
another version: change the pin, run ``npm view NAME@VERSION dist.integrity``, look at what changed.
"""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PEERS = ROOT / "benchmarks/vendor"
TESTS = ROOT / "tests/web/vendor"


@dataclass(frozen=True, slots=True)
class Pin:
    """One package: the hash of its archive, and the files taken from it with their SHA-256."""

    name: str
    version: str
    integrity: str
    folder: Path
    files: tuple[tuple[str, str, str], ...]
    """Path in the archive, name of the copy, SHA-256."""


PINS = (
    Pin(
        "maplibre-gl",
        # The last line of releases with a classic (UMD) build: 6.x is modules only, which no
        # browser loads from file://.
        "5.24.1",
        "sha512-HyiYBwtsbk3L1n1EPLJHWqdoyMiF80n7tEYXFZyu2m1TjvaNx6KMLiFeDdmszt1/mq2zvsR1TJuX/NMu5BonXQ==",
        PEERS,
        (
            (
                "dist/maplibre-gl.js",
                "maplibre-gl.js",
                "a9c9e2aa36d4d5b63b131f27c1272f1a28883eeecc0eddd1e0dbfae4033bc7c9",
            ),
            (
                "dist/maplibre-gl.css",
                "maplibre-gl.css",
                "ab1e70d59ec40465bae7e7030da2f3ccf28133fd502e62bd598eefbadfd7a732",
            ),
            (
                "LICENSE.txt",
                "maplibre-gl.LICENSE.txt",
                "ee5fc05a0677eaf69601d2c7db0d9ecd6cc27c3abc1d0733bc9ed34707cf8ef2",
            ),
        ),
    ),
    Pin(
        "axe-core",
        "4.14.1",
        "sha512-FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==",
        TESTS,
        (
            (
                "axe.min.js",
                "axe.min.js",
                "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c",
            ),
            (
                "LICENSE",
                "axe-core.LICENSE.txt",
                "af175b9d96ee93c21a036152e1b905b0b95304d4ae8c2c921c7609100ba8df7e",
            ),
        ),
    ),
)


def fetch_package(pin: Pin, folder: Path) -> Path:
    """The package's archive, once its integrity is the recorded one."""
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("npm is not installed; it is needed only to fetch the vendored files again")
    done = subprocess.run(
        [npm, "pack", f"{pin.name}@{pin.version}", "--json", "--pack-destination", str(folder)],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{pin.name}@{pin.version}: npm pack failed:\n{done.stderr.strip()}")
    answer = json.loads(done.stdout)
    # npm 11 answers with a list, npm 12 with an object keyed by package.
    entry = answer[0] if isinstance(answer, list) else next(iter(answer.values()))
    archive = folder / Path(entry["filename"]).name
    found = "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if found != pin.integrity:
        raise SystemExit(
            f"{pin.name}@{pin.version}: the archive's integrity is {found}, "
            f"expected {pin.integrity}; nothing was copied: find out why before changing the pin"
        )
    return archive


def take_files(pin: Pin, archive: Path) -> dict[Path, bytes]:
    """The wanted files of an archive, once each has its recorded hash."""
    taken: dict[Path, bytes] = {}
    with tarfile.open(archive) as package:
        for inside, name, sha256 in pin.files:
            member = package.extractfile(f"package/{inside}")
            if member is None:
                raise SystemExit(f"{pin.name}@{pin.version}: {inside} is no file of the package")
            content = member.read()
            found = hashlib.sha256(content).hexdigest()
            if found != sha256:
                raise SystemExit(f"{pin.name}@{pin.version}: {inside} has SHA-256 {found}, expected {sha256}")
            taken[pin.folder / name] = content
    return taken


def check_copies() -> list[str]:
    """Faults of the copies in the checkout: missing, or altered."""
    faults = []
    for pin in PINS:
        for _, name, sha256 in pin.files:
            path = pin.folder / name
            if not path.is_file():
                faults.append(f"{path.relative_to(ROOT)} is missing; run scripts/vendor_static.py")
            elif hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
                faults.append(f"{path.relative_to(ROOT)} is not {pin.name} {pin.version} as published")
    return faults


def main(arguments: list[str]) -> int:
    """Fetch and copy; with ``--check``, only look at the copies and use no network."""
    if arguments == ["--check"]:
        faults = check_copies()
        print("\n".join(faults) or "vendored files: as published")
        return 1 if faults else 0
    with tempfile.TemporaryDirectory() as folder:
        taken: dict[Path, bytes] = {}
        for pin in PINS:
            taken |= take_files(pin, fetch_package(pin, Path(folder)))
    for path, content in taken.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        print(f"{path.relative_to(ROOT)}  {len(content):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
