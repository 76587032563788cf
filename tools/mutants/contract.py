"""Defects in the contract, one at a time: `python -m tools.mutants.contract`.

The stages are those that know more than the contract itself: the comparison with the vendor's file, the rules
and words set down by hand, two linters, and the generator. That generated code no longer matches would be
noticed for every one of these, and is left out for that reason: it would say nothing about the tests.
"""

import sys

from tools.mutants._harness import Mutant, Stage, chosen, pytest_stage, run

# Linting needs neither plugin, both are slow to load, and the other layers' set-up asks for them.
_WITHOUT = ("--noconftest", "-p", "no:schemathesis", "-p", "no:hypothesispytest")

STAGES = (
    Stage("vendor drift", (sys.executable, "-m", "contract_tests.vendor_drift")),
    pytest_stage("lint", *_WITHOUT, "contract_tests/lint"),
    Stage("generation", (sys.executable, "-m", "tools.regenerate")),
)


def mutant(name: str, old: str, new: str, *, survives: str = "") -> Mutant:
    """A defect in the contract."""
    return Mutant(name, "openapi.yaml", old, new, survives)


KNOWN_BAD = mutant("no operation is left", "\npaths:\n", "\npaths: {}\n\nx-paths:\n")

MUTANTS = (
    # Where and how to call
    mutant("a region at another host", "https://sms.us.8x8.com/", "https://sms.na.8x8.com/"),
    mutant(
        "two regions swapped",
        "sms.8x8.uk/api/v1/subaccounts\n    description: Europe",
        "sms.8x8.uk/api/v1/subaccounts\n    description: Indonesia",
    ),
    mutant("a region over plain HTTP", "https://sms.8x8.id/", "http://sms.8x8.id/"),
    mutant("another version of the API", "https://sms.8x8.uk/api/v1/", "https://sms.8x8.uk/api/v2/"),
    mutant("the live batch path", "/{subAccountId}/messages/batch:\n", "/{subAccountId}/messages/bulk:\n"),
    mutant("the catalogue's batch path", "  /{subAccountId}/batch:\n", "  /{subAccountId}/batches:\n"),
    mutant(
        "the method of a send", "/{subAccountId}/messages:\n    post:", "/{subAccountId}/messages:\n    put:"
    ),
    mutant(
        "an operation renamed", "operationId: getMessage\n      tags", "operationId: readMessage\n      tags"
    ),
    mutant("an operation under the wrong tag", "tags: [status]", "tags: [sending]"),
    mutant("another way to show the key", "scheme: bearer", "scheme: basic"),
    mutant(
        "the status call without a key",
        "the handset.\n      security:\n        - apiKey: []",
        "the handset.\n      security: []",
    ),
    # Parameters
    mutant("a character less in sub-accounts", r"'^[A-Za-z0-9\-._&]{3,50}$'", r"'^[A-Za-z0-9\-._]{3,50}$'"),
    mutant("shorter sub-accounts", "maxLength: 50", "maxLength: 40"),
    mutant(
        "UMIDs that must be UUIDs",
        "schema:\n        type: string\n      example: 0d9b",
        "schema:\n        type: string\n        format: uuid\n      example: 0d9b",
    ),
    # Requests
    mutant("shorter numbers", "[1-9]{1}[0-9]{6,14}$'", "[1-9]{1}[0-9]{6,12}$'"),
    mutant("a send without a text", "required: [destination, text]", "required: [destination]"),
    mutant("a send without a destination", "required: [destination, text]", "required: [text]"),
    mutant("a sender ID that is cut short", "maxLength: 16", "maxLength: 11"),
    mutant("a message id of 36 characters", "maxLength: 350", "maxLength: 36"),
    mutant("a batch id of 36 characters", "maxLength: 20\n", "maxLength: 36\n"),
    mutant(
        "a country of three letters", "minLength: 2\n      maxLength: 2", "minLength: 2\n      maxLength: 3"
    ),
    mutant(
        "batches of a thousand",
        "maxItems: 10000\n          items:\n            $ref: '#/components/schemas/BatchMessage'",
        "maxItems: 1000\n          items:\n            $ref: '#/components/schemas/BatchMessage'",
    ),
    mutant(
        "a batch of no numbers",
        "minItems: 1\n          maxItems: 10000\n          items:\n            # Departure",
        "minItems: 0\n          maxItems: 10000\n          items:\n            # Departure",
    ),
    mutant("an encoding spelt otherwise", "enum: [AUTO, GSM7, UCS2]", "enum: [AUTO, GSM7, UCS-2]"),
    mutant("an encoding forgotten", "enum: [AUTO, GSM7, UCS2]", "enum: [AUTO, GSM7]"),
    mutant("the word None read as null", "enum: ['None', Outcome]", "enum: [null, Outcome]"),
    mutant(
        "a field of the send renamed",
        "dlrCallbackUrl:\n          $ref: '#/components/schemas/ReceiptUrl'\n        clientIp:\n"
        "          $ref: '#/components/schemas/ClientIp'\n        track:\n"
        "          $ref: '#/components/schemas/Tracking'\n\n    BatchOfMessages:",
        "callbackUrl:\n          $ref: '#/components/schemas/ReceiptUrl'\n        clientIp:\n"
        "          $ref: '#/components/schemas/ClientIp'\n        track:\n"
        "          $ref: '#/components/schemas/Tracking'\n\n    BatchOfMessages:",
    ),
    mutant(
        "a schedule without a time of day",
        "format: date-time\n      examples: ['2026-07-01T17:00:00+00:00']",
        "format: date\n      examples: ['2026-07-01']",
    ),
    mutant(
        "a template without a text",
        "required: [text]\n      properties:\n        text:",
        "properties:\n        text:",
    ),
    mutant("numbers without a template", "required: [destinations, template]", "required: [destinations]"),
    mutant(
        "a text required in every message of a batch",
        "required: [destination]\n",
        "required: [destination, text]\n",
    ),
    mutant(
        "a default that every call would send",
        "enum: [AUTO, GSM7, UCS2]",
        "default: AUTO\n      enum: [AUTO, GSM7, UCS2]",
    ),
    mutant(
        "a request that takes any field",
        "additionalProperties: false\n      required: [destination, text]",
        "additionalProperties: true\n      required: [destination, text]",
    ),
    mutant(
        "both forms of a batch at once",
        "          schema:\n            oneOf:",
        "          schema:\n            anyOf:",
    ),
    mutant(
        "the flag for results as a word",
        "no way to match them.\n      type: boolean",
        "no way to match them.\n      type: string",
    ),
    mutant(
        "a body that may be left out",
        "# Departure: as for OneMessage.\n      required: true",
        "# Departure: as for OneMessage.\n      required: false",
    ),
    # Answers
    mutant(
        "an answer without an id",
        "what matters.\n      required: [umid, status]",
        "what matters.\n      required: [status]",
    ),
    mutant(
        "a closed list of outcomes",
        "anyOf:\n            - $ref: '#/components/schemas/SubmitCode'\n            - type: string\n",
        "$ref: '#/components/schemas/SubmitCode'\n",
    ),
    mutant("an outcome forgotten", "enum: [QUEUED, REJECTED]", "enum: [QUEUED]"),
    mutant(
        "a state forgotten", "sent, delivered, undelivered, read, unknown", "sent, delivered, read, unknown"
    ),
    mutant("a detail forgotten", "        - delivered_to_operator\n", ""),
    mutant(
        "a list of results that is never null",
        "stand in several.\n          type: [array, 'null']",
        "stand in several.\n          type: array",
    ),
    mutant(
        "an answer that takes no new field",
        "description: Whether a message was accepted.\n      type: object\n      additionalProperties: true",
        "description: Whether a message was accepted.\n      type: object\n      additionalProperties: false",
    ),
    mutant(
        "a count as a word", "turned down.\n          type: integer", "turned down.\n          type: string"
    ),
    mutant(
        "a delivery error as a word",
        "message expired.\n          type: [integer, 'null']",
        "message expired.\n          type: [string, 'null']",
    ),
    mutant(
        "a price in whole units",
        "all parts together.\n          type: [number, 'null']",
        "all parts together.\n          type: [integer, 'null']",
    ),
    mutant(
        "a time that must have a certain form",
        "was handed over. ISO 8601 with 0, 2 or 7 digits after the second.\n",
        "was handed over. ISO 8601 with 0, 2 or 7 digits after the second.\n          format: date-time\n",
    ),
    mutant(
        "a field of the status renamed",
        "        msisdn:\n          description",
        "        number:\n          description",
    ),
    mutant(
        "a status without a price",
        "        price:\n"
        "          description: What the message cost; null or absent when nothing was charged.\n"
        "          oneOf:\n            - $ref: '#/components/schemas/Price'\n            - type: 'null'\n",
        "",
    ),
    # Log exports
    mutant(
        "an export that is asked for and not ordered",
        "/{subAccountId}/messages/exports:\n    post:",
        "/{subAccountId}/messages/exports:\n    put:",
    ),
    mutant(
        "a job where a UMID is looked for",
        "  /{subAccountId}/messages/exports/{jobId}:\n",
        "  /{subAccountId}/exports/{jobId}:\n",
    ),
    mutant("an order that is answered with 200", "'202':", "'200':"),
    mutant(
        "a text that may be empty",
        "      minLength: 1\n      examples: [Your code",
        "      examples: [Your code",
    ),
    mutant("a name of 12 characters", "[ -~]{0,10})$", "[ -~]{0,11})$"),
    mutant("receipts by any scheme", "'^https?://'", "'^[a-z]+://'"),
    mutant("a span without its end", "required: [from, to]", "required: [from]"),
    mutant("a log that cannot be without limit", "minimum: 0\n\n    LogFrom:", "minimum: 1\n\n    LogFrom:"),
    mutant(
        "an end of an export forgotten", "succeeded, failed, cancelled, empty,", "succeeded, failed, empty,"
    ),
    mutant(
        "links that are always there",
        "once it has succeeded.\n          type: [array, 'null']",
        "once it has succeeded.\n          type: array",
    ),
    mutant("a link to another export", "jobId: $response.body#/jobId", "jobId: $response.body#/id"),
    # Errors
    mutant(
        "an error code as a word",
        "than the HTTP status.\n          type: [integer, 'null']",
        "than the HTTP status.\n          type: [string, 'null']",
    ),
    mutant(
        "a limit that does not say how long to wait",
        "        Retry-After:\n          $ref: '#/components/headers/RetryAfter'",
        "        X-Wait:\n          $ref: '#/components/headers/RetryAfter'",
    ),
    mutant(
        "a wait counted in words",
        "type: integer\n        minimum: 0\n      example: 1",
        "type: string\n      example: soon",
    ),
    mutant(
        "two errors swapped",
        "'401':\n          $ref: '#/components/responses/Unauthorized'\n"
        "        # Departure: 8x8's file names only 400, 401, 404",
        "'401':\n          $ref: '#/components/responses/NotFound'\n"
        "        # Departure: 8x8's file names only 400, 401, 404",
    ),
    mutant(
        "an error left out at the catalogue's path",
        "        '429':\n          $ref: '#/components/responses/TooManyRequests'\n"
        "        '500':\n          $ref: '#/components/responses/ServerError'\n"
        "      callbacks:",
        "        '500':\n          $ref: '#/components/responses/ServerError'\n      callbacks:",
    ),
    # Links, receipts, examples
    mutant(
        "a link that takes another id", "umid: $response.body#/umid", "umid: $response.body#/clientMessageId"
    ),
    mutant(
        "receipts of a send that never come",
        "'{$request.body#/dlrCallbackUrl}'",
        "'{$request.body#/callbackUrl}'",
    ),
    mutant(
        "receipts of a batch at another place",
        "/template/dlrCallbackUrl}':\n            $ref: '#/components/pathItems/ReceiptUrl'\n\n  # Departure",
        "/dlrCallbackUrl}':\n            $ref: '#/components/pathItems/ReceiptUrl'\n\n  # Departure",
    ),
    mutant(
        "a receipt without the id that callers gave",
        "there was one.\n          type: [string, 'null']\n        clientMessageId:\n"
        "          description: Your own id for the message, if you gave one.\n"
        "          type: [string, 'null']\n",
        "there was one.\n          type: [string, 'null']\n",
    ),
    mutant("an example that does not fit", "acceptedCount: 1\n", "acceptedCount: one\n"),
    mutant("an example under another name", "            partlyRejected:", "            partial:"),
    mutant("a number that could be somebody's", "destination: '+12025550124'", "destination: '+12025650124'"),
    mutant(
        "prose that gives a wrong limit",
        "at most 10 parts are sent, whatever",
        "at most 15 parts are sent, whatever",
        survives="no test reads prose; the wrapper counts parts itself, and its own tests hold the figure",
    ),
)


def main() -> int:
    """Try them all."""
    return run(chosen(MUTANTS, sys.argv[1:]), STAGES, KNOWN_BAD)


if __name__ == "__main__":
    sys.exit(main())
