"""What schemathesis cannot read from a schema; loaded by it, in a process of its own."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import schemathesis
from hypothesis import strategies as st

from contract_tests.sandbox.epoch import EPOCH

#: Sends can be scheduled up to seven days ahead. The sandbox's clock moves on meanwhile, by less than a day.
_TIMES = st.datetimes(
    (EPOCH - timedelta(days=2)).replace(tzinfo=None), (EPOCH + timedelta(days=7)).replace(tzinfo=None)
)
_OFFSETS = st.sampled_from([UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-3, minutes=-30))])
_HOSTS = st.sampled_from(["receipts.example.com", "127.0.0.1:9", "[::1]:9", "localhost"])

schemathesis.openapi.format(
    "date-time",
    st.builds(lambda when, offset: when.replace(tzinfo=UTC).astimezone(offset).isoformat(), _TIMES, _OFFSETS),
)
schemathesis.openapi.format(
    "uri",
    st.builds(
        "{}://{}/{}".format, st.sampled_from(["http", "https"]), _HOSTS, st.sampled_from(["", "sms?a=b"])
    ),
)


@schemathesis.hook
def map_case(context: Any, case: Any) -> Any:
    """Where each end of a span is valid by itself, put them in order: that is beyond a schema."""
    meta, body = case.meta, case.body
    if (
        meta is None
        or not meta.generation.mode.is_positive
        or not isinstance(body, dict)
        or "from" not in body
    ):
        return case
    # Without an end it is the sandbox's now, which comes after the epoch.
    ends = [datetime.fromisoformat(body[name]) for name in ("from", "to") if name in body]
    body["from"] = min(*ends, EPOCH).isoformat()
    if "to" in body:
        body["to"] = (max(ends) + timedelta(seconds=1)).isoformat()
    return case
