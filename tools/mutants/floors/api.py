"""Defects in the request flow: the response policy, bodies, headers."""

# Code is quoted as it stands, however long its line.
# ruff: noqa: E501

from tools.mutants.floors import mutant

MUTANTS = (
    mutant(
        "a send is repeated after a 5xx",
        "_api/response_policy",
        '    if not what.operation.is_read:\n        return OutcomeUnknown(\n            reason=f"HTTP {status}",',
        '    if not what.operation.is_read and status < 500:\n        return OutcomeUnknown(\n            reason=f"HTTP {status}",',
        "safety",
    ),
    mutant(
        "a send is repeated after a lost answer",
        "_api/response_policy",
        '    if what.operation.is_read:\n        msg = f"the status request got no',
        '    if what.operation.is_read or reason == "ReadTimeout":\n        msg = f"the status request got no',
        "safety",
    ),
    mutant(
        "a gateway's 408 counts as not sent",
        "_api/response_policy",
        "frozenset({408, 499})",
        "frozenset({499})",
        "safety",
    ),
    mutant(
        "an unreadable 200 counts as not sent",
        "_api/response_policy",
        "    if what.operation.is_read:\n        return InvalidResponse(reason=problem, response=reply)",
        "    if True:\n        return InvalidResponse(reason=problem, response=reply)",
        "safety",
    ),
    mutant(
        "one try more than allowed",
        "_api/request",
        "if failed_tries >= retries.tries",
        "if failed_tries > retries.tries",
        "safety",
    ),
    mutant("another scheme in the header", "_api/eight_by_eight", 'b"Bearer "', 'b"Token "', "wire"),
    mutant(
        "no id of our own",
        "_api/bodies",
        "text=text, client_message_id=client_message_id, **_arguments(options)",
        "text=text, **_arguments(options)",
        "wire",
    ),
    mutant(
        "a batch that asks for no results",
        "_api/bodies",
        "include_messages_in_response=True",
        "include_messages_in_response=False",
        "wire",
    ),
    mutant(
        "a date in Retry-After is passed over",
        "_api/response_policy",
        "            moment = parsedate_to_datetime(value)\n",
        "            return None\n",
        "safety",
    ),
    mutant(
        "a server may ask for any wait",
        "_api/response_policy",
        "return min(seconds, context.settings.retries.max_retry_after)",
        "return seconds",
        "safety",
    ),
    mutant(
        "a server's words are passed on",
        "_api/response_policy",
        "scrub(message, *private)[:500]",
        "message[:500]",
        "secrets",
    ),
    mutant(
        "a 429 with the real answer behind it is repeated",
        "_api/response_policy",
        "if reply.followed_by_data and hundreds == _REFUSAL:",
        "if reply.followed_by_data and hundreds == _REFUSAL and status != HTTPStatus.TOO_MANY_REQUESTS:",
        "safety",
    ),
    mutant(
        "an answer about another message is taken for one's own",
        "_api/identity",
        "return named != asked if named else response.followed_by_data",
        "return False",
        "safety",
    ),
    mutant(
        "an answer that may be another's is taken for one's own",
        "_api/identity",
        "return named != asked if named else response.followed_by_data",
        "return bool(named) and named != asked",
        "safety",
    ),
    mutant(
        "waits outlast the time given to a call",
        "_api/request",
        "ends = now + timeout if isinstance(timeout, int | float) else None",
        "ends = None",
        "pace",
    ),
)
