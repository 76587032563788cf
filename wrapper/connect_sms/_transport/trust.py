"""Which transports are believed when they say that nothing of a request was sent.

A send is repeated only when it certainly never left. Some transports raise `httpx.ConnectError` also after
the server has read the request. So a transport is believed when it has passed the fault matrix: httpx's own,
the client's, the sandbox's, and any whose class declares `DECLARATION`.
"""

from __future__ import annotations

from typing import Final, Literal

import httpx

#: What a class of transports states as True of itself: that it raises httpx's ConnectError, ConnectTimeout,
#: PoolTimeout and ProxyError only before it has written the first byte of a request, and sends none twice.
DECLARATION: Final = "connect_errors_mean_not_sent"

#: How a transport shows that nothing was sent: it calls the extension ``trace`` before it writes a request;
#: by the type of its exception; or in no way that is believed.
Evidence = Literal["writes", "exceptions", "none"]

_CALL_TRACE: Final = frozenset({httpx.HTTPTransport, httpx.AsyncHTTPTransport})


def evidence_of(transport: object) -> Evidence:
    """How far a transport of the caller's is believed. What a class inherits does not count."""
    if type(transport) in _CALL_TRACE:
        return "writes"
    declared = vars(type(transport)).get(DECLARATION) is True
    return "exceptions" if declared else "none"
