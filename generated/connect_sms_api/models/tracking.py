from enum import StrEnum


class Tracking(StrEnum):
    NONE = "None"
    OUTCOME = "Outcome"

    def __str__(self) -> str:
        return str(self.value)
