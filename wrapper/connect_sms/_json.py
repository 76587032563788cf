"""JSON in and out: orjson when it is installed (the extra `fast`), the standard library otherwise."""

from __future__ import annotations

import json
from typing import Any

try:
    import orjson
except ImportError:  # pragma: no cover  which of the two runs depends on what is installed; both are tested

    def dumps(document: Any) -> bytes:
        """Compact UTF-8. Raises TypeError or ValueError for what JSON cannot say."""
        return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()

    def loads(body: bytes) -> Any:
        """Raises ValueError or RecursionError for what is not JSON."""
        return json.loads(body)

else:
    dumps = orjson.dumps
    loads = orjson.loads
