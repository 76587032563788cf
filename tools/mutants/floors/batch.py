"""Defects in batches."""

from tools.mutants.floors import mutant

MUTANTS = (
    mutant(
        "a batch goes to the other path after a 401",
        "_batch/request",
        "_NO_SUCH_PATH: Final = frozenset({404, 405})",
        "_NO_SUCH_PATH: Final = frozenset({401, 404, 405})",
        "batch",
    ),
    mutant(
        "a batch does not know the other path",
        "_batch/request",
        "_NO_SUCH_PATH: Final = frozenset({404, 405})",
        "_NO_SUCH_PATH: Final = frozenset({405})",
        "batch",
    ),
    mutant(
        "the other path is never remembered",
        "_batch/request",
        "capabilities.catalogue_batch_path = paths[1] is SEND_BATCH_AT_CATALOGUE_PATH",
        "capabilities.catalogue_batch_path = False",
        "batch",
    ),
    mutant(
        "batch results are matched by position",
        "_batch/response",
        "item = said.pop(own_id, None)",
        "item = said.pop(next(iter(said), own_id), None)",
        "wire",
    ),
    mutant(
        "a batch believes an answer about somebody else",
        "_batch/response",
        "foreign = bool(said) or _is_foreign(done, client_batch_id)",
        "foreign = False",
        "hostile",
    ),
    mutant(
        "of two contradicting results the first is believed",
        "_batch/response",
        "            said[own_id] = _CONTRADICTION\n",
        "            pass\n",
        "hostile",
    ),
    mutant(
        "a longest text of the client is ignored by its batches",
        "_batch/rows",
        "settings.max_parts if max_parts is None else max_parts",
        "10 if max_parts is None else max_parts",
        "batch",
    ),
    mutant(
        "two messages of one id",
        "_batch/rows",
        "        self._callers_ids.add(own_id)\n",
        "",
        "batch",
    ),
    mutant(
        "a batch keeps requests that the caller has",
        "_batch/tracker",
        "        self.chunker.chunks.remove(chunk)\n",
        "",
        "batch",
    ),
    mutant(
        "a result is yielded while other requests are under way",
        "_batch/sender",
        "batch.run(concurrency, refill_at=0)",
        "batch.run(concurrency, refill_at=concurrency - 1)",
        "batch",
    ),
    mutant(
        "a wrong message of an iterator stops the batch late",
        "_batch/sender",
        "            if self.problems and not self.sized:\n                break\n",
        "",
        "batch",
    ),
    mutant(
        "a late answer replaces the result of a batch that was closed",
        "_batch/chunks",
        "        if self.result is not None:\n            return self.result\n        rejected",
        "        rejected",
        "batch",
    ),
    mutant(
        "the messages of a batch in a traceback",
        "_batch/request",
        "document = PrivateDict[Any]({",
        "document = dict[str, Any]({",
        "frames",
    ),
)
