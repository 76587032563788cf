"""Contains all the data models used in inputs/outputs"""

from .answer_encoding import AnswerEncoding
from .batch_message import BatchMessage
from .batch_of_destinations import BatchOfDestinations
from .batch_of_messages import BatchOfMessages
from .batch_template import BatchTemplate
from .delivery_detail import DeliveryDetail
from .delivery_receipt import DeliveryReceipt
from .delivery_receipt_payload import DeliveryReceiptPayload
from .delivery_state import DeliveryState
from .delivery_status import DeliveryStatus
from .direction import Direction
from .error_answer import ErrorAnswer
from .inbound_message import InboundMessage
from .inbound_message_payload import InboundMessagePayload
from .log_export import LogExport
from .log_export_request import LogExportRequest
from .log_export_status import LogExportStatus
from .message_details import MessageDetails
from .ordered_log_export import OrderedLogExport
from .price import Price
from .request_encoding import RequestEncoding
from .send_message_request import SendMessageRequest
from .sent_batch import SentBatch
from .sent_message import SentMessage
from .submit_code import SubmitCode
from .submit_status import SubmitStatus
from .tracking import Tracking

__all__ = (
    "AnswerEncoding",
    "BatchMessage",
    "BatchOfDestinations",
    "BatchOfMessages",
    "BatchTemplate",
    "DeliveryDetail",
    "DeliveryReceipt",
    "DeliveryReceiptPayload",
    "DeliveryState",
    "DeliveryStatus",
    "Direction",
    "ErrorAnswer",
    "InboundMessage",
    "InboundMessagePayload",
    "LogExport",
    "LogExportRequest",
    "LogExportStatus",
    "MessageDetails",
    "OrderedLogExport",
    "Price",
    "RequestEncoding",
    "SendMessageRequest",
    "SentBatch",
    "SentMessage",
    "SubmitCode",
    "SubmitStatus",
    "Tracking",
)
