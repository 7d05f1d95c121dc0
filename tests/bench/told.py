"""What one process says of itself: seconds of the work, the most memory it held, how much of it the work took."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


@contextmanager
def telling() -> Iterator[None]:
    """Libraries are loaded before: neither their time nor what they held and gave back counts."""
    CLEAR.write_text("5")  # forget the peak of what came before
    before, begun = _mib("VmRSS"), time.perf_counter()
    yield
    seconds, peak = time.perf_counter() - begun, _mib("VmHWM")  # not getrusage: its peak is inherited
    print(json.dumps({"seconds": round(seconds, 3), "mib": round(peak, 1), "grown": round(peak - before, 1)}))


def _mib(name: str) -> float:
    found = re.search(rf"{name}:\s+(\d+) kB", STATUS.read_text())
    assert found is not None
    return int(found[1]) / 1024
