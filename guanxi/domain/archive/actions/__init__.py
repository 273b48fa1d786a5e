from .fileform import change_file_form, complete_file_form, remove_file_form
from .transfer import cancel_transfer, receive_transfer, send_forms

__all__ = [
    "cancel_transfer",
    "change_file_form",
    "complete_file_form",
    "receive_transfer",
    "remove_file_form",
    "send_forms",
]
