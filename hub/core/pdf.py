"""PDF by typst: tagged PDF/UA-1, in French. Data travel as JSON (`sys.inputs.data`), never joined into the source."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import typst
from django.core.serializers.json import DjangoJSONEncoder

STANDARD: Literal["ua-1"] = "ua-1"


def render_pdf(source: Path, data: Mapping[str, Any], *, at: datetime) -> bytes:
    """The document of a typst source with these data; only the fonts typst brings, whatever the machine has."""
    return typst.compile(
        input=source.read_bytes(),
        format="pdf",
        sys_inputs={"data": json.dumps(data, cls=DjangoJSONEncoder)},
        pdf_standards=STANDARD,
        ignore_system_fonts=True,
        timestamp=int(at.timestamp()),
    )
