"""Receipts: where the client says, the mock posts what the contract describes."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from connect_sms import DeliveryErrors, Outcome
from connect_sms.models.outcomes import classify
from connect_sms.sandbox import SandboxServer
from contract_tests.contract import load
from contract_tests.mock.mocks import TEXT, TO, Mock
from contract_tests.support.loopback import receiving

#: What each of the contract's example receipts means. Prism posts the one or the other.
EXAMPLES = {"deliveredToRecipient": (Outcome.DELIVERED, None), "undelivered": (Outcome.FAILED, 1)}


def fits(event: Any, name: str = "DeliveryReceipt") -> None:
    schema = {"$ref": f"#/components/schemas/{name}", "components": load()["components"]}
    assert [error.message for error in Draft202012Validator(schema).iter_errors(event)] == []


def check_receipt(receipt: Any) -> str:
    fits(receipt)
    examples = load()["components"]["requestBodies"]["DeliveryReceipt"]["content"]["application/json"][
        "examples"
    ]
    (name,) = [name for name, example in examples.items() if example["value"] == receipt]
    return str(name)


def test_a_receipt_arrives_where_the_send_said(ours: Mock) -> None:
    ours.wire.taken()
    with receiving() as receiver:
        ours.caller.send(TO, TEXT, receipt_url=receiver.url)
        receipt = receiver.next()
    assert ours.wire.violations() == []
    status = receipt["payload"]["status"]
    outcome, error = classify(
        status["state"], status["detail"], status["errorCode"], DeliveryErrors.default()
    )
    assert (outcome, error and error.code) == EXAMPLES[check_receipt(receipt)]


def test_each_receipt_of_the_sandbox_fits_and_agrees_with_its_status(stand_in: SandboxServer) -> None:
    with receiving() as receiver, stand_in.client() as sms:
        umid = sms.send(TO, TEXT, receipt_url=receiver.url).umid
        stand_in.clock.advance(5)
        # Two receipts that are posted at the same moment may arrive in either order.
        receipts = sorted(
            (receiver.next() for _ in range(2)), key=lambda receipt: receipt["payload"]["status"]["timestamp"]
        )
        status = sms.status(umid)
    for receipt in receipts:
        fits(receipt)
    assert [receipt["payload"]["umid"] for receipt in receipts] == [umid, umid]
    assert [receipt["payload"]["status"]["state"] for receipt in receipts] == ["sent", "delivered"]
    assert receipts[-1]["payload"]["status"]["detail"] == status.detail
    assert status.outcome is Outcome.DELIVERED


def test_an_inbound_message_of_the_sandbox_fits_and_has_every_field(stand_in: SandboxServer) -> None:
    with receiving() as receiver:
        stand_in.configure(inbound_url=receiver.url)
        stand_in.receive(TO, "STOP")
        inbound = receiver.next()
    fits(inbound, "InboundMessage")
    schemas = load()["components"]["schemas"]
    assert set(inbound) == set(schemas["InboundMessage"]["properties"])
    assert set(inbound["payload"]) == set(schemas["InboundMessagePayload"]["properties"])


def test_a_receipt_of_a_batch_arrives_where_its_template_said(ours: Mock) -> None:
    """The client writes the address into each message, which Prism cannot follow: this one is by hand."""
    with receiving() as receiver:
        body = {"messages": [{"destination": TO}], "template": {"text": TEXT, "dlrCallbackUrl": receiver.url}}
        assert "sl-violations" not in ours.post("messages/batch", body).headers
        check_receipt(receiver.next())


def test_a_receipt_that_does_not_fit_would_be_noticed() -> None:
    with pytest.raises(AssertionError):
        check_receipt({"payload": {}})
