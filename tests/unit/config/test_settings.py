"""Settings: checked once, and each mistake told when the client is made."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect_sms import (
    AsyncSmsClient,
    ConfigurationError,
    ConnectSmsError,
    Hooks,
    Retries,
    Secret,
    Settings,
    SmsClient,
    Timeout,
)
from connect_sms._transport.connection import Connection
from tests.support import KEY, SUB_ACCOUNT, Caller, OtherObject, arguments_of

NO_NUMBER: list[Any] = [0, -1, float("nan"), float("inf"), 10**400, 86_401, True, "5", [], OtherObject()]
NO_COUNT: list[Any] = [0, -1, 1.5, True, "5", [], OtherObject()]


class TestKeyAndSubAccount:
    """Without which nothing goes."""

    @pytest.mark.parametrize("nothing", [None, ""])
    def test_nothing(self, caller: Caller, nothing: Any) -> None:
        with pytest.raises(ConfigurationError, match="no API key: set CONNECT_SMS_API_KEY"):
            caller.client(api_key=nothing)
        with pytest.raises(ConfigurationError, match="no sub-account: set CONNECT_SMS_SUB_ACCOUNT_ID"):
            caller.client(sub_account_id=nothing)

    @pytest.mark.parametrize(
        ("key", "said"),
        [
            ("a key", r"U\+0020 at position 1"),
            ("key\n", r"U\+000A at position 3"),
            ("schl\u00fcssel", r"U\+00FC at position 4"),
            (5, "must be a str, not int"),
            (b"key", "must be a str, not bytes"),
            (Secret("a key"), r"U\+0020 at position 1"),
            (Secret(5), "must be a str, not int"),  # type: ignore[arg-type]
        ],
    )
    def test_a_key_that_cannot_be_one(self, caller: Caller, key: Any, said: str) -> None:
        with pytest.raises(ConfigurationError, match=said):
            caller.client(api_key=key)

    def test_a_key_may_come_wrapped(self, caller: Caller) -> None:
        assert caller.client(api_key=Secret(KEY)).settings.api_key.reveal() == KEY

    @pytest.mark.parametrize("sub_account", ["..", "...", "a/b", "ab", "x" * 51, "a b", 5, []])
    def test_a_sub_account_that_cannot_be_one(self, caller: Caller, sub_account: Any) -> None:
        with pytest.raises(ConfigurationError, match="sub_account_id must be"):
            caller.client(sub_account_id=sub_account)


def test_settings_made_by_hand_show_no_key_either() -> None:
    settings = Settings(api_key=KEY, sub_account_id=SUB_ACCOUNT, base_url="https://sms.example.com")
    assert isinstance(settings.api_key, Secret)
    assert KEY not in repr(settings)


def test_what_type_checkers_are_told_is_what_there_is() -> None:
    connection = set(Connection.OPTIONS)
    changes = {field.name for field in attrs.fields(Settings)} | {"region", "allow_http"}
    assert set(arguments_of(SmsClient)) == connection | changes
    assert set(arguments_of(SmsClient.with_options)) == changes
    assert set(arguments_of(SmsClient.from_env)) == connection | changes


@pytest.mark.parametrize("kind", [SmsClient, AsyncSmsClient])
@pytest.mark.parametrize(("wrong", "right"), [("api_ky", "api_key"), ("prxy", "proxy")])
def test_an_option_that_does_not_exist_is_a_type_error(kind: Any, wrong: str, right: str) -> None:
    said = f"^{kind.__name__}\\(\\) got an unexpected keyword argument '{wrong}'; did you mean '{right}'\\?$"
    with pytest.raises(TypeError, match=said):
        kind(**{wrong: None})


class TestNumbers:
    """Seconds and counts."""

    @pytest.mark.parametrize("value", NO_NUMBER, ids=repr)
    def test_seconds_that_are_none(self, value: Any) -> None:
        client: Any = Caller("sync").client
        for make, names in (
            (Timeout, ["connect", "read"]),
            (Retries, ["initial_delay", "max_delay", "max_retry_after"]),
            (client, ["timeout", "status_interval"]),
        ):
            for name in names:
                with pytest.raises(ConfigurationError, match="must be a number of seconds"):
                    make(**{name: value})

    @pytest.mark.parametrize("value", NO_COUNT, ids=repr)
    @pytest.mark.parametrize("name", ["max_parts", "batch_size", "batch_bytes", "batch_concurrency"])
    def test_counts_that_are_none(self, caller: Caller, name: str, value: Any) -> None:
        with pytest.raises(ConfigurationError, match=f"^{name} must be a whole number from 1 to"):
            caller.client(**{name: value})

    @pytest.mark.parametrize(
        ("name", "most"),
        [("max_parts", 10), ("batch_size", 10_000), ("batch_bytes", 10_000_000), ("batch_concurrency", 64)],
    )
    def test_counts_have_a_most(self, caller: Caller, name: str, most: int) -> None:
        assert getattr(caller.client(None, **{name: most}).settings, name) == most
        with pytest.raises(ConfigurationError, match=f"{most:,}"):
            caller.client(None, **{name: most + 1})

    @pytest.mark.parametrize("value", NO_COUNT, ids=repr)
    def test_tries_that_are_none(self, value: Any) -> None:
        with pytest.raises(ConfigurationError, match="tries must be a whole number from 1 upwards"):
            Retries(tries=value)

    def test_a_number_is_the_time_for_the_answer(self, caller: Caller) -> None:
        assert caller.client(timeout=60).settings.timeout == Timeout(connect=5, read=60, total=60)
        assert caller.client(timeout=2).settings.timeout == Timeout(connect=2, read=2, total=2)


class TestObjects:
    """Settings that are objects of ours."""

    @pytest.mark.parametrize("value", ["x", 5, {}, OtherObject()], ids=repr)
    @pytest.mark.parametrize("name", ["retries", "delivery_errors", "hooks", "clock"])
    def test_another_kind_is_refused(self, caller: Caller, name: str, value: Any) -> None:
        with pytest.raises(ConfigurationError, match=f"^{name} must be an object of"):
            caller.client(**{name: value})

    async def _asynchronous(self, event: object) -> None:
        raise AssertionError(event)

    @pytest.mark.parametrize("name", ["on_request", "on_retry", "on_result"])
    def test_a_hook_is_a_plain_function(self, name: str) -> None:
        for wrong in ("print", 5, self._asynchronous):
            with pytest.raises(ConfigurationError, match=f"^{name} must be a plain function"):
                Hooks(**{name: wrong})  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        ("settings", "said"),
        [({"sender": ""}, "sender is empty"), ({"receipt_url": "x"}, "receipt_url must be")],
    )
    def test_defaults_for_messages_are_checked_like_those_of_a_message(
        self, caller: Caller, settings: Any, said: str
    ) -> None:
        with pytest.raises(ConfigurationError, match=said):
            caller.client(**settings)

    def test_nothing_can_be_changed_later(self, caller: Caller) -> None:
        settings = caller.client().settings
        for held in (settings, settings.timeout, settings.retries, settings.hooks):
            name = attrs.fields(type(held))[0].name
            with pytest.raises(attrs.exceptions.FrozenInstanceError):
                setattr(held, name, None)


SETTINGS = [name for name in arguments_of(SmsClient) if name != "allow_http"]
ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary(), st.lists(st.text())
)


@given(st.dictionaries(st.sampled_from(SETTINGS), ANYTHING, max_size=4))
def test_any_settings_give_a_client_or_a_declared_error(settings: dict[str, Any]) -> None:
    given_all: dict[str, Any] = {"api_key": KEY, "sub_account_id": SUB_ACCOUNT, **settings}
    for kind in (SmsClient, AsyncSmsClient):
        try:
            made = kind(**given_all)
        except ConnectSmsError as error:
            assert isinstance(error, ConfigurationError)  # noqa: PT017  either will do
        else:
            assert made.settings.timeout.read > 0
