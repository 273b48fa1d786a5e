from .allocation import allocate_forms, print_allocation
from .contactform import (
    change_contact_form,
    create_contact_form,
    remove_contact_form,
    sign_contact_form,
    void_signature,
)
from .fileform import change_file_form, complete_file_form, remove_file_form
from .note import remove_note, write_note
from .sealing import open_sealed, print_box, reseal, seal_forms
from .template import issue_sheets, issue_version, print_issue, settle_sheets
from .transfer import cancel_transfer, print_transfer, receive_transfer, send_forms

__all__ = [
    "allocate_forms",
    "cancel_transfer",
    "change_contact_form",
    "change_file_form",
    "complete_file_form",
    "create_contact_form",
    "issue_sheets",
    "issue_version",
    "open_sealed",
    "print_allocation",
    "print_box",
    "print_issue",
    "print_transfer",
    "receive_transfer",
    "remove_contact_form",
    "remove_file_form",
    "remove_note",
    "reseal",
    "seal_forms",
    "send_forms",
    "settle_sheets",
    "sign_contact_form",
    "void_signature",
    "write_note",
]
