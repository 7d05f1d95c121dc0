"""Migrations in a third of their time, for databases whose content is invented: the demo's and the tests'."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from django.db.migrations.state import ProjectState


@contextmanager
def light_migrations() -> Iterator[None]:
    """Migrations without drawing every model anew at each of their steps, nearly all of their time.

    Only the model that a step changes is drawn; what Python code of a migration sees is then drawn whole, as Django
    does itself for the steps it holds light (`is_delayed`). Collecting the thousands of classes forgotten waits too.
    """

    def alone(state: ProjectState, app_label: str, model_name: str, delay: bool = False) -> set[tuple[str, str]]:
        state.is_delayed = True
        return {(app_label, model_name)}

    gc.disable()
    try:
        with patch.object(ProjectState, "_find_reload_model", alone):
            yield
    finally:
        gc.enable()
