"""Lines that speak of nobody: totals at the end of a list, titles written again in its middle."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from hub.core.tabular import Remark, remark
from hub.core.text import fold, header_key

_TOTAL = re.compile(r"\s*(?:sous[- ]?)?(?:total|totaux|nombre|effectif)\b")
_FEW_CELLS = 3
_SEVERAL_TITLES = 3


def aside_reader(titles: Sequence[str]) -> Callable[[Sequence[str]], Remark | None]:
    """What to say of a line already found wrong, instead of what is wrong with it, when it speaks of nobody."""
    keys = {header_key(title) for title in titles}

    def read(raw: Sequence[str]) -> Remark | None:
        filled = [cell for cell in raw if cell.strip()]
        if filled and len(filled) <= _FEW_CELLS and _TOTAL.match(fold(filled[0])):
            return remark("LIGNE_TOTAL")
        if len(filled) >= _SEVERAL_TITLES and all(header_key(cell) in keys for cell in filled):
            return remark("LIGNE_TITRES")
        return None

    return read
