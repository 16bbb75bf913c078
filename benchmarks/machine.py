"""The machine a benchmark ran on, in one paragraph: figures without it say nothing."""

from __future__ import annotations

import datetime as dt
import os
import platform
from importlib import metadata
from pathlib import Path


def describe(*packages: str) -> str:
    """Processor, cores, memory, system, Python, the versions of `packages`, the load before the run, the day."""
    processor = _field(Path("/proc/cpuinfo"), "model name") or platform.processor() or platform.machine()
    memory = _field(Path("/proc/meminfo"), "MemTotal").removesuffix(" kB")
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in packages)
    return (
        f"{dt.datetime.now(dt.UTC):%Y-%m-%d}: {processor}, {os.cpu_count()} cores, "
        f"{int(memory or 0) / 2**20:.0f} GB, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, {versions}; load before the run {os.getloadavg()[0]:.1f}"
    )


def _field(path: Path, name: str) -> str:
    if not path.is_file():
        return ""
    lines = path.read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "")
