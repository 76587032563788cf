"""The settings of a sandbox, in one frozen object."""

# ruff: noqa: TC001  at run time too, so that `typing.get_type_hints` finds every name

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from .api.log_export_bodies import ExportBody

DEFAULT_KEY: Final = "sandbox-key"
DEFAULT_SUB_ACCOUNT: Final = "sandbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthClient:
    """OAuth client credentials, as an 8x8 webhook is registered with them.

    Attributes:
        url: The token endpoint.
        client_id: The client's id.
        client_secret: Its secret.
        credentials_location: Send both as HTTP Basic (``header``) or in the form (``body``).
        scope: Scopes to ask for, separated by blanks.
    """

    url: str
    client_id: str
    client_secret: str = field(repr=False)
    credentials_location: Literal["header", "body"] = "header"
    scope: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxSettings:
    """The settings of a sandbox; the defaults are those documented for 8x8's live service.

    Attributes:
        api_key: The one accepted key, when ``accounts`` is not given.
        sub_account_id: Its one sub-account.
        accounts: Sub-accounts by key, instead of the two above.
        hosts: Names in the Host header that it answers to on loopback, besides localhost and loopback
            addresses; ``*`` is every name.
        batch_paths: Serve batches on ``both`` paths, only on the ``live`` one (``/messages/batch``) or only
            on the ``catalogue`` one (``/batch``).
        closed_batch_path_status: 404 or 405 from the path not served; by default what routing gives: 405 for
            ``/messages/batch`` and 404 for ``/batch``.
        status_per_second: Status requests per second of sandbox time and sub-account; None is no limit.
        sends_per_second: Send requests per second of sandbox time and sub-account. The live service allows
            1,800; None, the default, is no limit.
        max_batch: Maximum number of messages in a batch.
        long_text: Text over 10 parts is ``cut`` and sent as documented, or refused (``reject``).
        allow_unknown_fields: Accept fields the service does not document. Refused by default, because a
            misspelt field is a bug that a test should show.
        masked: Mask ``msisdn`` and ``body`` in status answers.
        price_per_part: The price of one part.
        currency: ISO 4217.
        receipt_url: Where receipts go for a message without a URL; None sends none.
        inbound_url: Where inbound messages go; ``receipt_url`` when not given.
        receipt_authorization: The registered value of the ``Authorization`` header on receipts.
        receipt_oauth: Client credentials instead of that value: a token is fetched with them, and goes with
            receipts as ``Bearer``.
        receipt_format: ``json`` or ``xml``.
        receipt_hosts: ``loopback`` refuses every other host, ``any`` posts anywhere.
        receipt_duplicates: The number of duplicates of each receipt.
        receipt_shuffle: Hold the receipts of a message back until its last and post them out of order.
        receipt_timeout: Real seconds a receiver has to answer.
        export_seconds: Seconds of sandbox time that a log export takes.
        export_ends: The final state of new exports that find any message.
        export_expiry: Seconds of sandbox time that a link to a log is valid.
        export_body: How the file of a log comes: ``csv``, packed, saved again by a spreadsheet, or broken;
            see `connect_sms.sandbox.api.log_export_bodies.BODIES`.
        export_link_wants_key: 401 or 403 is what a link answers to a request without the key; None for links
            that need no key, and refuse it.
        max_stall: Maximum real seconds of a stall.
        log_size: Number of requests and posts that the logs keep.
        seed: Makes ids and shuffles repeatable.
    """

    api_key: str = field(default=DEFAULT_KEY, repr=False)
    sub_account_id: str = DEFAULT_SUB_ACCOUNT
    accounts: Mapping[str, frozenset[str]] | None = field(default=None, repr=False)
    hosts: frozenset[str] = frozenset()
    batch_paths: Literal["both", "live", "catalogue"] = "both"
    closed_batch_path_status: Literal[404, 405] | None = None
    status_per_second: float | None = 1.0
    sends_per_second: float | None = None
    max_batch: int = 10_000
    long_text: Literal["cut", "reject"] = "cut"
    allow_unknown_fields: bool = False
    masked: bool = True
    price_per_part: float = 0.01
    currency: str = "EUR"
    receipt_url: str | None = None
    inbound_url: str | None = None
    receipt_authorization: str | None = field(default=None, repr=False)
    receipt_oauth: OAuthClient | None = None
    receipt_format: Literal["json", "xml"] = "json"
    receipt_hosts: Literal["loopback", "any"] = "loopback"
    receipt_duplicates: int = 0
    receipt_shuffle: bool = False
    receipt_timeout: float = 5.0
    export_seconds: float = 5.0
    export_ends: Literal["succeeded", "failed", "cancelled", "error"] = "succeeded"
    export_expiry: float = 30 * 86_400.0
    export_body: ExportBody = "csv"
    export_link_wants_key: Literal[401, 403] | None = None
    max_stall: float = 120.0
    log_size: int = 10_000
    seed: int | None = None

    def sub_accounts_of(self, key: str) -> frozenset[str] | None:
        """The sub-accounts a key may use; None for an unknown key."""
        if self.accounts is not None:
            return self.accounts.get(key)
        return frozenset({self.sub_account_id}) if key == self.api_key else None

    def knows(self, sub_account_id: str) -> bool:
        """Whether any key has this sub-account."""
        if self.accounts is None:
            return sub_account_id == self.sub_account_id
        return any(sub_account_id in owned for owned in self.accounts.values())

    def price_of(self, parts: int) -> dict[str, object]:
        """The price of a number of parts."""
        each = self.price_per_part
        return {"total": round(each * parts, 6), "perSms": each, "currency": self.currency}
