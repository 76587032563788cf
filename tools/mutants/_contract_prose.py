"""Defects in what the contract says in words and shows in examples: no machine obeys it, but readers do."""

from tools.mutants._harness import Mutant


def mutant(name: str, old: str, new: str, *, survives: str = "", stages: tuple[str, ...] = ()) -> Mutant:
    """A defect in the contract."""
    return Mutant(name, "openapi.yaml", old, new, survives, stages)


def _words(name: str, old: str, new: str) -> Mutant:
    # Neither the vendor's file nor the generator knows what our words should be.
    return mutant(name, old, new, stages=("lint",))


_REFUSED = "            $ref: '#/components/responses/ReceiptRefused'\n"
_TAKEN = "            $ref: '#/components/responses/ReceiptTaken'\n"
_EVENT = "namespace: SMS\n                eventType: outbound_message_status_changed"

PROSE = (
    _words(
        "a receipt tried again too soon", "1, 10, 30 and 90 seconds later", "1, 10, 30 and 60 seconds later"
    ),
    _words("a receipt tried again for ever", "then never again.", "then every hour."),
    _words("receipts for a day", "up to 48 hours after the message", "up to 24 hours after the message"),
    _words(
        "receipts that come once", "Expect duplicates and any order: there", "Expect no duplicates: there"
    ),
    _words("receipts that are signed", "no event id and no signature", "an event id and a signature"),
    _words(
        "a receipt that shows the key",
        "element called `root`.\n        security: []\n",
        "element called `root`.\n        security:\n          - apiKey: []\n",
    ),
    _words(
        "a receipt that inherits its security",
        "element called `root`.\n        security: []\n",
        "element called `root`.\n",
    ),
    _words(
        "a refused receipt that counts as taken",
        f"/DeliveryReceipt'\n        responses:\n          '200':\n{_TAKEN}          '4XX':\n{_REFUSED}",
        f"/DeliveryReceipt'\n        responses:\n          '200':\n{_TAKEN}          '4XX':\n{_TAKEN}",
    ),
    _words("a receipt that only 200 ends", "Any 2xx ends the delivery", "Only a 200 ends the delivery"),
    _words(
        "another type of event in prose",
        "'`outbound_message_status_changed` for a",
        "'`message_status_changed` for a",
    ),
    _words(
        "a state of receipts forgotten", "speak of `queued`, `rejected`, `sent`", "speak of `queued`, `sent`"
    ),
    _words(
        "more parts than are sent",
        "at most 10 parts are sent, whatever",
        "at most 15 parts are sent, whatever",
    ),
    _words("fewer units in a part", "160 units fit one part", "140 units fit one part"),
    _words("ten times as many requests", "1,800 requests a second", "18,000 requests a second"),
    _words("a schedule of a month", "at most 7 days ahead", "at most 30 days ahead"),
    _words("fewer delivery errors", "error, 0 to 61", "error, 0 to 60"),
    _words(
        "a server error that sent nothing",
        "**The message may have been sent all the same**",
        "Nothing was sent",
    ),
    _words("a refusal that sent something", "unknown; nothing was sent.", "unknown; it may have been sent."),
    _words("times of three digits", "handed over. ISO 8601 with 0, 2 or 7", "handed over. ISO 8601 with 3"),
    _words("a TLS that is too old", "example: TLS/1.3", "example: TLS/1.2"),
)

EXAMPLES = (
    _words(
        "another type of event in an example",
        f"On the handset, charged\n              value:\n                {_EVENT}",
        f"On the handset, charged\n              value:\n                {_EVENT.replace('_status', '')}",
    ),
    _words(
        "another namespace in an example",
        f"Given up, not charged\n              value:\n                {_EVENT}",
        f"Given up, not charged\n              value:\n                {_EVENT.replace('SMS', 'sms')}",
    ),
    _words(
        "a state with a detail of another",
        "state: delivered\n                    detail: delivered_to_recipient",
        "state: undelivered\n                    detail: delivered_to_recipient",
    ),
    _words(
        "an example that shows another detail than its name",
        "state: delivered\n                  detail: delivered_to_operator",
        "state: delivered\n                  detail: delivered_to_carrier",
    ),
    _words("a state that came without its time", "state: sent\n", "state: queued\n"),
    _words("a code of expiry that is another", "errorCode: 36\n", "errorCode: 35\n"),
    _words(
        "a delivery error in other words",
        "errorCode: 1\n                    errorMessage: Absent subscriber",
        "errorCode: 1\n                    errorMessage: Unknown subscriber",
    ),
    _words("a code of another error", "code: 1002\n", "code: 1003\n"),
    _words("a code of another status", "code: 1200\n", "code: 1201\n"),
    _words("a code that 8x8 does not have", "code: 1014\n", "code: 1015\n"),
    _words("a code of a batch for a message", "code: 3013\n", "code: 3012\n"),
    _words("a limit with the code of a fault", "code: 1100\n", "code: 2000\n"),
    _words("a price of one part for two", "total: 0.0824", "total: 0.0412"),
    _words("a rejected message that is not counted", "rejectedCount: 1\n", "rejectedCount: 0\n"),
    _words(
        "an example of a refusal that shows an acceptance",
        "code: REJECTED\n                  description: The expiry",
        "code: QUEUED\n                  description: The expiry",
    ),
    _words("an export that shows another state", "status: running\n", "status: queued\n"),
)
