"""Settings: read once, checked once, and each mistake told when the client is made."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect_sms import (
    REGIONS,
    AsyncSmsClient,
    ConfigurationError,
    ConnectSmsError,
    DeliveryErrors,
    Hooks,
    InvalidText,
    ManualClock,
    Retries,
    Secret,
    Settings,
    SmsClient,
    Timeout,
)
from connect_sms._transport.connection import Connection
from connect_sms.environment import from_environment
from tests.support import (
    KEY,
    NUMBER,
    SUB_ACCOUNT,
    TEXT,
    UMID,
    Caller,
    OtherObject,
    Script,
    answer,
    arguments_of,
    queued,
    state,
)
from tests.support.message_store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Env = Callable[..., None]

PREFIX = "CONNECT_SMS_"
NO_NUMBER: list[Any] = [0, -1, float("nan"), float("inf"), 10**400, 86_401, True, "5", [], OtherObject()]
NO_COUNT: list[Any] = [0, -1, 1.5, True, "5", [], OtherObject()]


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("API_KEY", "API_KEY_FILE", "SUB_ACCOUNT_ID", "REGION", "BASE_URL", "TIMEOUT", "SENDER"):
        monkeypatch.delenv(PREFIX + name, raising=False)


def client_of(caller: Caller) -> Any:
    return SmsClient if caller.colour == "sync" else AsyncSmsClient


@pytest.fixture
def env(monkeypatch: pytest.MonkeyPatch) -> Env:
    """Sets variables of the environment, by their names without the prefix."""

    def set_all(**values: str) -> None:
        for name, value in {"API_KEY": KEY, "SUB_ACCOUNT_ID": SUB_ACCOUNT, **values}.items():
            monkeypatch.setenv(PREFIX + name, value)

    return set_all


class TestFromEnv:
    """A client set up by the environment."""

    def test_key_and_sub_account_are_enough(self, caller: Caller, env: Env) -> None:
        env()
        settings = client_of(caller).from_env().settings
        assert settings.api_key.reveal() == KEY
        assert settings.sub_account_id == SUB_ACCOUNT
        assert settings.base_url == REGIONS["asia-pacific"]
        assert settings.timeout == Timeout(5, 30)

    def test_everything_it_reads(self, env: Env) -> None:
        env(REGION="europe", TIMEOUT=" 12.5 ", SENDER="ACME")
        settings = SmsClient.from_env().settings
        assert (settings.base_url, settings.timeout) == (REGIONS["europe"], Timeout(5, 12.5))
        assert settings.sender == "ACME"

    def test_space_around_values_is_not_meant(self, env: Env) -> None:
        env(API_KEY=f" {KEY}\n", REGION="  ")
        settings = SmsClient.from_env().settings
        assert settings.api_key.reveal() == KEY
        assert settings.base_url == REGIONS["asia-pacific"]

    @pytest.mark.parametrize("content", [KEY, f"{KEY}\n", f"\ufeff{KEY}\r\n"])
    def test_the_key_from_a_file(self, env: Env, tmp_path: Path, content: str) -> None:
        file = tmp_path / "key"
        file.write_text(content, encoding="utf-8")
        env(API_KEY="", API_KEY_FILE=str(file))
        assert SmsClient.from_env().settings.api_key.reveal() == KEY

    @pytest.mark.parametrize(
        ("content", "said"),
        [(None, "FileNotFoundError"), (b" \n", "is empty"), (b"\xff\xfe", "UnicodeDecodeError")],
    )
    def test_a_key_file_that_is_none(
        self, env: Env, tmp_path: Path, content: bytes | None, said: str
    ) -> None:
        file = tmp_path / "key"
        if content is not None:
            file.write_bytes(content)
        env(API_KEY="", API_KEY_FILE=str(file))
        with pytest.raises(ConfigurationError, match=said) as caught:
            SmsClient.from_env()
        assert str(file) in str(caught.value)

    def test_the_key_itself_goes_before_a_file(self, env: Env) -> None:
        env(API_KEY_FILE="/nowhere")
        assert SmsClient.from_env().settings.api_key.reveal() == KEY

    def test_arguments_go_before_the_environment(self, env: Env) -> None:
        env(API_KEY="", API_KEY_FILE="/nowhere", REGION="europe", TIMEOUT="soon", SENDER="ACME")
        settings = SmsClient.from_env(api_key="another-key", timeout=7, sender="SHOP", max_parts=2).settings
        assert settings.api_key.reveal() == "another-key"
        assert (settings.timeout.read, settings.sender, settings.max_parts) == (7, "SHOP", 2)

    def test_an_argument_that_is_none_leaves_it_to_the_environment(self, env: Env) -> None:
        """As a command line passes on what was not given to it."""
        env(REGION="europe", SENDER="ACME")
        settings = SmsClient.from_env(region=None, base_url=None, sender=None, api_key=None).settings
        assert (settings.base_url, settings.sender) == (REGIONS["europe"], "ACME")

    @pytest.mark.parametrize(
        ("given", "where"),
        [
            ({"region": "indonesia"}, REGIONS["indonesia"]),
            ({"base_url": "https://other.example"}, "https://other.example"),
        ],
    )
    @pytest.mark.parametrize("said", [{"REGION": "europe"}, {"BASE_URL": "https://sms.example.com"}])
    def test_a_place_given_replaces_a_place_said(
        self, env: Env, given: Any, where: str, said: dict[str, str]
    ) -> None:
        env(**said)
        assert SmsClient.from_env(**given).settings.base_url == where

    def test_two_places_said_are_one_too_many(self, env: Env) -> None:
        env(REGION="europe", BASE_URL="https://sms.example.com")
        with pytest.raises(ConfigurationError, match="not both"):
            SmsClient.from_env()

    @pytest.mark.parametrize("missing", ["API_KEY", "SUB_ACCOUNT_ID"])
    def test_what_is_missing_is_named(self, env: Env, missing: str) -> None:
        env(**{missing: ""})
        with pytest.raises(ConfigurationError, match=PREFIX + missing):
            SmsClient.from_env()

    @pytest.mark.parametrize("timeout", ["soon", "1,5", "0", "-1", "nan", "inf"])
    def test_a_timeout_that_is_none(self, env: Env, timeout: str) -> None:
        env(TIMEOUT=timeout)
        with pytest.raises(ConfigurationError, match=r"(?i)timeout must be a number of seconds"):
            SmsClient.from_env()

    @given(st.dictionaries(st.sampled_from(["API_KEY", "TIMEOUT", "REGION", "SENDER", "X"]), st.text()))
    def test_any_environment_gives_arguments_or_a_declared_error(self, values: dict[str, str]) -> None:
        environ = {PREFIX + name: value for name, value in values.items()}
        try:
            found = from_environment(environ=environ)
        except ConfigurationError:
            assert "TIMEOUT" in values
        else:
            assert found.keys() <= {"api_key", "timeout", "region", "sender"}


class TestPlaces:
    """Where requests go."""

    @pytest.mark.parametrize("region", REGIONS)
    def test_each_region_has_its_own_host(self, caller: Caller, region: Any) -> None:
        script = Script(queued)
        caller(caller.client(script, region=region).send(NUMBER, TEXT))
        assert str(script.requests[0].url) == f"{REGIONS[region]}/{SUB_ACCOUNT}/messages"
        assert re.fullmatch(r"https://sms\.(8x8|us\.8x8)\.(com|uk|id)/api/v1/subaccounts", REGIONS[region])

    @pytest.mark.parametrize("region", ["", "EUROPE", "eu", 5, []])
    def test_an_unknown_region_is_refused_with_those_there_are(self, region: Any) -> None:
        with pytest.raises(ConfigurationError, match="asia-pacific, north-america, europe, indonesia"):
            SmsClient(api_key=KEY, sub_account_id=SUB_ACCOUNT, region=region)

    def test_region_and_base_url_exclude_each_other(self, caller: Caller) -> None:
        with pytest.raises(ConfigurationError, match="not both"):
            caller.client(region="europe", base_url="https://sms.example.com")
        with pytest.raises(ConfigurationError, match="not both"):
            caller.client().with_options(region="europe", base_url="https://sms.example.com")

    @pytest.mark.parametrize(
        ("given", "used"),
        [
            ("https://sms.example.com", "https://sms.example.com"),
            ("https://sms.example.com/", "https://sms.example.com"),
            ("https://sms.example.com:8443/a/b//", "https://sms.example.com:8443/a/b"),
            ("HTTPS://sms.example.com", "HTTPS://sms.example.com"),
            ("http://localhost:4010", "http://localhost:4010"),
            ("http://127.0.0.1:4010", "http://127.0.0.1:4010"),
            ("http://[::1]:4010", "http://[::1]:4010"),
        ],
    )
    def test_a_base_url_is_taken_without_its_last_slash(self, given: str, used: str) -> None:
        assert SmsClient(api_key=KEY, sub_account_id=SUB_ACCOUNT, base_url=given).settings.base_url == used

    @pytest.mark.parametrize(
        "url", ["https://sms.8x8.com", "https://sms.8x8.uk/", "https://sms.us.8x8.com/api/v1"]
    )
    def test_an_address_of_8x8_without_its_path_is_refused(self, caller: Caller, url: str) -> None:
        with pytest.raises(ConfigurationError, match="lacks its path"):
            caller.client(base_url=url)

    @pytest.mark.parametrize(
        "url", ["http://sms.example.com", "http://10.0.0.1", "HTTP://mock", "http://127.0.0.1.evil.com"]
    )
    def test_plain_http_to_another_machine_is_refused(self, caller: Caller, url: str) -> None:
        with pytest.raises(ConfigurationError, match="the key would travel in the clear"):
            caller.client(base_url=url)
        with pytest.raises(ConfigurationError, match="the key would travel in the clear"):
            caller.client().with_options(base_url=url)

    def test_unless_it_is_said_to_be_meant(self, caller: Caller) -> None:
        client = caller.client(base_url="http://mock:4010", allow_http=True)
        assert client.settings.base_url == "http://mock:4010"
        again = client.with_options(base_url="http://mock:4011", allow_http=True)
        assert again.settings.base_url == "http://mock:4011"

    @pytest.mark.parametrize(
        "url",
        [
            "", "sms.example.com", "ftp://sms.example.com", "https://", "https:///x", "https://:443", "https://h:x",
            "https://h:99999", "https://[::1", "https://h h", "https://h\n", "https://h\u00e9", "https://h\\x",
            "https://a@h", "https://a:b@h", "https://h?a=b", "https://h/?", "https://h#x", "https://a..b", "https://.",
            "https://" + "a" * 64, "https://-", 5, b"https://h", ["https://h"],
        ],
        ids=repr,
    )  # fmt: skip
    def test_what_is_no_base_url(self, caller: Caller, url: Any) -> None:
        with pytest.raises(ConfigurationError, match=r"^base_url "):
            caller.client(base_url=url)


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
        assert caller.client(timeout=60).settings.timeout == Timeout(connect=5, read=60)
        assert caller.client(timeout=2).settings.timeout == Timeout(connect=2, read=2)


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


class TestDefaults:
    """What a client is told once, for every message."""

    def test_they_are_used(self, caller: Caller) -> None:
        script = Script(queued)
        client = caller.client(script, sender="ACME", receipt_url="https://example.com/r")
        caller(client.send(NUMBER, TEXT))
        [sent] = script.documents
        assert (sent["source"], sent["dlrCallbackUrl"]) == ("ACME", "https://example.com/r")

    def test_a_message_goes_before_them(self, caller: Caller) -> None:
        script = Script(queued)
        client = caller.client(script, sender="ACME", receipt_url="https://example.com/r", max_parts=1)
        long = "x" * 200
        caller(client.send(NUMBER, long, sender="SHOP", receipt_url="https://example.com/s", max_parts=2))
        [sent] = script.documents
        assert (sent["source"], sent["dlrCallbackUrl"]) == ("SHOP", "https://example.com/s")
        with pytest.raises(InvalidText):
            caller(client.send(NUMBER, long))

    def test_the_table_of_delivery_errors(self, caller: Caller) -> None:
        table = DeliveryErrors.default().with_overrides({1: "transient_once"})
        reply = answer(200, {"umid": UMID, "status": {"state": "undelivered", "errorCode": 1}})
        status = caller(caller.client(Script(reply), delivery_errors=table).status(UMID))
        assert status.error.category == "transient_once"


class TestWithOptions:
    """Another client on the same connections."""

    def test_what_is_changed_is_changed_and_nothing_else(self, caller: Caller) -> None:
        script = Script(queued)
        client = caller.client(script, region="europe")
        other = client.with_options(sender="SHOP", sub_account_id="Other_One", api_key="other-key", timeout=3)
        caller(other.send(NUMBER, TEXT))
        caller(client.send(NUMBER, TEXT))
        first, second = script.requests
        assert "/Other_One/" in str(first.url)
        assert first.headers["authorization"] == "Bearer other-key"
        assert script.documents[0]["source"] == "SHOP"
        assert f"/{SUB_ACCOUNT}/" in str(second.url)
        assert second.headers["authorization"] == f"Bearer {KEY}"
        assert "source" not in script.documents[1]
        assert type(other) is type(client)
        assert other.settings.base_url == client.settings.base_url

    def test_every_setting_can_be_changed(self, caller: Caller) -> None:
        changes: dict[str, Any] = {
            "api_key": "other-key", "sub_account_id": "Other_One", "base_url": "https://sms.example.com",
            "timeout": 3, "retries": Retries(tries=1), "sender": "SHOP",
            "receipt_url": "https://example.com/r", "max_parts": 2, "status_interval": 2.0, "batch_size": 5,
            "batch_concurrency": 2, "batch_bytes": 1000,
            "delivery_errors": DeliveryErrors.default().with_overrides({1: "transient"}),
            "hooks": Hooks(on_result=print), "clock": ManualClock(), "receipts": Store(),
            "send_without_store": True,
        }  # fmt: skip
        before = caller.client().settings
        assert changes.keys() == {field.name for field in attrs.fields(type(before))}
        after = caller.client().with_options(**changes).settings
        for name in changes:
            assert getattr(after, name) != getattr(before, name)
        assert {*changes, "region"} < set(arguments_of(client_of(caller).with_options))

    def test_a_region_can_be_changed(self, caller: Caller) -> None:
        assert caller.client().with_options(region="europe").settings.base_url == REGIONS["europe"]

    def test_a_default_can_be_taken_back(self, caller: Caller) -> None:
        assert caller.client(sender="ACME").with_options(sender=None).settings.sender is None

    @pytest.mark.parametrize(
        "changes",
        [
            {"api_key": None}, {"api_key": ""}, {"sub_account_id": ".."}, {"sub_account_id": None},
            {"timeout": None}, {"timeout": -1}, {"retries": None}, {"clock": None}, {"region": None},
            {"base_url": None},
            {"max_parts": None}, {"status_interval": None}, {"hooks": None}, {"receipts": "receipts.db"},
        ],
        ids=str,
    )  # fmt: skip
    def test_wrong_changes_are_refused(self, caller: Caller, changes: Any) -> None:
        with pytest.raises(ConfigurationError):
            caller.client().with_options(**changes)

    @pytest.mark.parametrize(
        "changes", [{"proxy": "http://x"}, {"transport": None}, {"colour": "red"}], ids=str
    )
    def test_what_it_cannot_change_is_a_type_error(self, caller: Caller, changes: Any) -> None:
        said = (
            rf"^with_options\(\) got an unexpected keyword argument '{min(changes)}'; it takes allow_http, "
        )
        with pytest.raises(TypeError, match=said):
            caller.client().with_options(**changes)

    def test_closing_either_closes_both(self, caller: Caller) -> None:
        script = Script(queued)
        client = caller.client(script)
        other = client.with_options(sender="SHOP")
        caller.close_client(other)
        with pytest.raises(ConfigurationError, match="closed"):
            caller(client.send(NUMBER, TEXT))

    def test_without_changes_it_is_the_same(self, caller: Caller) -> None:
        client = caller.client(Script(state("sent")))
        assert client.with_options().settings == client.settings


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
