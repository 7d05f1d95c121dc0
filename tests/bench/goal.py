"""`python -m tests.bench.goal 3`: measure one goal, with Django set up first."""

from __future__ import annotations

import sys
from importlib import import_module

import django

if __name__ == "__main__":
    django.setup()
    import_module(f"tests.bench.goal{int(sys.argv[1])}").measure()
