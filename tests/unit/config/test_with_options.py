"""What a client is told once for every message, and another client on the same connections."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from connect_sms import REGIONS, ConfigurationError, DeliveryErrors, Hooks, InvalidText, ManualClock, Retries
from tests.support import (
    KEY,
    NUMBER,
    SUB_ACCOUNT,
    TEXT,
    UMID,
    Caller,
    Script,
    answer,
    arguments_of,
    queued,
    state,
)
from tests.support.message_store import Store


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
        assert {*changes, "region"} < set(arguments_of(type(caller.client()).with_options))

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
