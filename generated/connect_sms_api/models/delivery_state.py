from enum import StrEnum


class DeliveryState(StrEnum):
    DELIVERED = "delivered"
    ERROR = "error"
    FAILED = "failed"
    OK = "ok"
    QUEUED = "queued"
    READ = "read"
    REJECTED = "rejected"
    SENT = "sent"
    UNDELIVERED = "undelivered"
    UNKNOWN = "unknown"

    def __str__(self) -> str:
        return str(self.value)
