from enum import StrEnum


class LogExportStatus(StrEnum):
    CANCELLED = "cancelled"
    EMPTY = "empty"
    ERROR = "error"
    FAILED = "failed"
    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"

    def __str__(self) -> str:
        return str(self.value)
