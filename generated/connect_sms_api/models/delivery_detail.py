from enum import StrEnum


class DeliveryDetail(StrEnum):
    DELIVERED_TO_CARRIER = "delivered_to_carrier"
    DELIVERED_TO_OPERATOR = "delivered_to_operator"
    DELIVERED_TO_RECIPIENT = "delivered_to_recipient"
    REJECTED_BY_OPERATOR = "rejected_by_operator"
    UNDELIVERED_TO_RECIPIENT = "undelivered_to_recipient"

    def __str__(self) -> str:
        return str(self.value)
