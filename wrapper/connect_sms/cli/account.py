"""The account to use, and its key: from the environment, a file or a keyring, never an argument."""

from __future__ import annotations

import os
from contextlib import contextmanager, nullcontext
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

import attrs

from connect_sms._api.eight_by_eight import context_of
from connect_sms._lazy import LazyModule
from connect_sms.config import make_settings
from connect_sms.environment import (
    from_environment,
    is_key_file,
    key_file_advice,
    key_file_path,
    read_key_file,
)
from connect_sms.errors.base import ConfigurationError
from connect_sms.models.private import Secret

from .output import note
from .paths import RunPath, check_paths, store_paths

if TYPE_CHECKING:
    from collections.abc import Generator

    from connect_sms import client, receipts
    from connect_sms._api.context import ClientContext
else:
    client = LazyModule("connect_sms.client")  # `doctor` needs no httpx
    receipts = LazyModule("connect_sms.receipts")

#: The service name of keys in a keyring; the user name is the sub-account.
KEYRING_SERVICE: Final = "connect-sms"

_NO_KEY: Final = (
    "no API key. Set one of:\n"
    "  export CONNECT_SMS_API_KEY=...                 (in this shell)\n"
    "  export CONNECT_SMS_API_KEY_FILE=path/to/file   (or --key-file path/to/file)\n"
    f"  keyring set {KEYRING_SERVICE} SUB_ACCOUNT                (pip install keyring)\n"
    "connect-sms doctor says what is set, and where"
)
_NO_SUB_ACCOUNT: Final = "no sub-account: export CONNECT_SMS_SUB_ACCOUNT_ID=..., or give --sub-account"
#: Values that a dry run uses for missing settings.
_PLACEHOLDERS: Final = {"api_key": "no-key", "sub_account_id": "your-sub-account"}


@attrs.frozen
class Key:
    """An API key and where it was found.

    Attributes:
        secret: The key; None when there is none.
        source: Where it was found, or why it was not.
        problem: Why a configured source holds no key.
        advice: The command that hides its file from other users of the machine, when they can read it.
    """

    secret: Secret | None
    source: str
    problem: str | None = None
    advice: str | None = None


@attrs.frozen
class Account:
    """The command-line options of the account; other settings come from the environment."""

    sub_account: str | None = None
    region: str | None = None
    base_url: str | None = attrs.field(default=None, repr=False)  # as that of the store
    key_file: str | None = None
    timeout: float | None = None
    store: str | None = attrs.field(default=None, repr=False)  # may hold a password

    @property
    def sub_account_id(self) -> str | None:
        """The sub-account, from an option or the environment."""
        return self.sub_account or os.environ.get("CONNECT_SMS_SUB_ACCOUNT_ID", "").strip() or None

    @contextmanager
    def client(self) -> Generator[client.SmsClient]:
        """A client of this account, with its store if it has one.

        Raises:
            ConfigurationError: A setting is missing or invalid; the message has the command to run.
            StoreUnavailable: The store cannot be opened. Nothing was sent.
        """
        with self.open_store() as store, client_on(self.context(store)) as sms:
            yield sms

    @contextmanager
    def open_store(self) -> Generator[receipts.ReceiptStore | None]:
        """The store, while it is open; None when there is none.

        Raises:
            StoreUnavailable: It cannot be opened.
            InputProblem: It is the key file.
        """
        check_paths(self.reads(), store_paths(self.store))
        with nullcontext() if self.store is None else receipts.open_store(self.store) as store:
            yield store

    def context(
        self, store: receipts.ReceiptStore | None = None, *, batch_size: int | None = None
    ) -> ClientContext:
        """The context of a client of this account.

        Raises:
            ConfigurationError: A setting is missing or invalid; the message has the command to run.
        """
        key = self.key()
        if missing := self.missing(key):
            raise ConfigurationError(missing[0])
        if key.advice is not None:
            note(f"connect-sms: other users of this machine may read the key file: {key.advice}")
        return _context_of(self._options(api_key=key.secret, batch_size=batch_size, receipts=store))

    def dry_run_context(self, *, batch_size: int | None = None) -> ClientContext:
        """The context of a client for a dry run, even without a key or a sub-account.

        Raises:
            ConfigurationError: A setting is invalid.
        """
        options = self._options(
            api_key=self.key().secret or _PLACEHOLDERS["api_key"],
            sub_account_id=self.sub_account_id or _PLACEHOLDERS["sub_account_id"],
            batch_size=batch_size,
        )
        return _context_of(options)

    def missing(self, key: Key) -> list[str]:
        """The settings still required for sending, a message each."""
        if key.problem is not None:
            return [key.problem]
        return [_NO_KEY] * (key.secret is None) + [_NO_SUB_ACCOUNT] * (self.sub_account_id is None)

    def reads(self) -> list[RunPath]:
        """The files that it is read from: the key file."""
        path = self.key_file or os.environ.get("CONNECT_SMS_API_KEY_FILE", "").strip()
        return [RunPath("the key file", str(key_file_path(path)))] if path else []

    def key(self) -> Key:
        """Find the key: the first source that has one is used."""
        if self.key_file is not None:
            return _from_file(self.key_file, "--key-file")
        if value := os.environ.get("CONNECT_SMS_API_KEY", "").strip():
            return Key(Secret(value), "CONNECT_SMS_API_KEY")
        if path := os.environ.get("CONNECT_SMS_API_KEY_FILE", "").strip():
            return _from_file(path, "CONNECT_SMS_API_KEY_FILE")
        return _from_keyring(self.sub_account_id)

    def _options(self, **options: Any) -> dict[str, Any]:
        return {
            "sub_account_id": self.sub_account,
            "region": self.region,
            "base_url": self.base_url,
            "timeout": self.timeout,
            **options,
        }


def client_on(context: ClientContext) -> client.SmsClient:
    """A client on a context."""
    return client.SmsClient._from_context(context)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


def _context_of(options: dict[str, Any]) -> ClientContext:
    given = {name: value for name, value in options.items() if value is not None}
    return context_of(make_settings(**from_environment(without=given), **given))


def _from_file(path: str, source: str) -> Key:
    # A path that does not exist may be the key itself, so it is not shown.
    if not is_key_file(path):
        return Key(
            None, source, f"{source}: there is no such file. It takes the path of a file, never the key"
        )
    try:
        return Key(read_key_file(path), source, advice=key_file_advice(path))
    except ConfigurationError as wrong:
        return Key(None, source, f"{source}: {wrong}")


def _from_keyring(sub_account_id: str | None) -> Key:
    if sub_account_id is None or find_spec("keyring") is None:
        return Key(None, "nowhere")
    try:
        value: str | None = LazyModule("keyring").get_password(KEYRING_SERVICE, sub_account_id)
    except Exception as problem:  # noqa: BLE001  a keyring without a desktop raises any exception
        return Key(None, f"the keyring failed: {type(problem).__name__}")
    return Key(Secret(value.strip()), "keyring") if value and value.strip() else Key(None, "nowhere")
