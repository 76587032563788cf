from enum import StrEnum


class AnswerEncoding(StrEnum):
    AUTO = "AUTO"
    GSM7 = "GSM7"
    GSM8 = "GSM8"
    UCS2 = "UCS2"

    def __str__(self) -> str:
        return str(self.value)
