"""What one process says of itself: seconds of the work, and the most memory it ever held."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PEAK = re.compile(r"VmHWM:\s+(\d+) kB")  # not getrusage: its peak is inherited from whoever started us


@contextmanager
def telling() -> Iterator[None]:
    begun = time.perf_counter()
    yield
    seconds = time.perf_counter() - begun
    found = PEAK.search(Path("/proc/self/status").read_text())
    assert found is not None
    print(json.dumps({"seconds": round(seconds, 3), "mib": round(int(found[1]) / 1024, 1)}))
