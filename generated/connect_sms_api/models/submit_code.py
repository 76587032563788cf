from enum import StrEnum


class SubmitCode(StrEnum):
    QUEUED = "QUEUED"
    REJECTED = "REJECTED"

    def __str__(self) -> str:
        return str(self.value)
