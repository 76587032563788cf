"""Defects in what stands below the client: settings, checks, texts, models."""

from tools.mutants.floors import mutant

MUTANTS = (
    mutant(
        "with the operator counts as delivered",
        "models/outcomes",
        'whole = _word(detail) in {"", "delivered_to_recipient"}',
        "whole = True",
        "outcomes",
    ),
    mutant(
        "with the operator is final",
        "models/outcomes",
        "FINAL_RANK: Final = 6",
        "FINAL_RANK: Final = 4",
        "outcomes",
    ),
    mutant(
        "expired counts as failed",
        "models/outcomes",
        "ErrorCategory.EXPIRED: Outcome.EXPIRED}",
        "ErrorCategory.EXPIRED: Outcome.FAILED}",
        "outcomes",
    ),
    mutant(
        "a word of tomorrow is an error",
        "models/outcomes",
        "outcome = _BY_WORD.get(word, Outcome.UNKNOWN)",
        "outcome = _BY_WORD[word]",
        "answers",
    ),
    mutant(
        "an amount as a float sees it", "models/readers", "Decimal(str(value))", "Decimal(value)", "answers"
    ),
    mutant("a region at another host", "config", "https://sms.8x8.uk/", "https://sms.uk.8x8.com/", "wire"),
    mutant(
        "a time without its offset",
        "_validation/options",
        'check_scheduled(given["scheduled"], now=now())',
        'check_scheduled(given["scheduled"], now=now()).replace(tzinfo=None)',
        "wire",
    ),
    mutant("a batch of 10,001", "config", '"batch_size": 10_000,', '"batch_size": 10_001,', "options"),
    mutant(
        "extra fields override what was checked",
        "_validation/options",
        "    if taken:\n",
        "    if len(taken) > 1:\n",
        "arguments",
    ),
    mutant("a country in lower case", "_validation/fields", "return value.upper()", "return value", "wire"),
    mutant(
        "a naive time is taken",
        "_validation/schedule",
        "if value.utcoffset() is None:",
        "if value.utcoffset() is False:",
        "addresses",
    ),
    mutant(
        "a schedule of 8 days",
        "_validation/schedule",
        "timedelta(days=7)\n",
        "timedelta(days=8)\n",
        "addresses",
    ),
    mutant(
        "dots alone as a umid", "_validation/fields", 'if not text.strip("."):', 'if text == "":', "addresses"
    ),
    mutant(
        "a line break after a number",
        "_validation/phone_numbers",
        '_is_destination = re.compile(r"\\+?[1-9][0-9]{6,14}").fullmatch',
        '_is_destination = re.compile(r"\\+?[1-9][0-9]{6,14}$").match',
        "addresses",
    ),
    mutant(
        "digits of any script",
        "_validation/phone_numbers",
        '_is_destination = re.compile(r"\\+?[1-9][0-9]{6,14}").fullmatch',
        '_is_destination = re.compile(r"\\+?[1-9]\\d{6,14}").fullmatch',
        "addresses",
    ),
    mutant(
        "a name of 12 characters",
        "_validation/fields",
        "(?:[A-Za-z0-9 ]{0,9}[A-Za-z0-9])?",
        "(?:[A-Za-z0-9 ]{0,10}[A-Za-z0-9])?",
        "addresses",
    ),
    mutant("eleven parts", "text/counting", "MAX_PARTS: Final = 10", "MAX_PARTS: Final = 11", "text"),
    mutant("153 taken for 160", "text/gsm7", '"GSM7": 153', '"GSM7": 160', "text"),
    mutant(
        "the key in a repr",
        "config",
        "return \"Secret('***')\"",
        'return f"Secret({self._value!r})"',
        "secrets",
    ),
    mutant(
        "numbers are not masked",
        "models/redaction",
        "{digits[:4]}{'*' * (len(digits) - 7)}{digits[-3:]}",
        "{digits}",
        "secrets",
    ),
    mutant(
        "a masked number takes the place of the number",
        "models/decoding",
        "read_number: Callable[[object], str | None] = as_phone_number,",
        "read_number: Callable[[object], str | None] = as_word,",
        "reconcile",
    ),
    mutant(
        "to_dict shows numbers",
        "models/reprs",
        "if number is None or show_numbers or _is_masked_by_8x8(number):",
        "if number is None or not show_numbers or _is_masked_by_8x8(number):",
        "results",
    ),
)
