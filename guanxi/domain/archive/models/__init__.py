from .allocation import Allocation, AllocationItem, AllocationRule
from .attendance import Attendance, EventKind
from .callback import CallbackRequest
from .contactform import ContactForm, ContactState, FilledBy, Opening, SealedBox
from .contest import ContestCheck, FileContest, Measure
from .copies import CopyEntry, CopyKind
from .custody import Custody, CustodyEntry, Moved
from .fileform import FileForm
from .incident import Incident, IncidentKind, Severity
from .loan import Loan, LoanPurpose
from .note import WorkingNote
from .template import FormIssue, FormSheet, FormTemplate, SheetState, TemplateKind
from .transfer import ItemState, Transfer, TransferItem, TransferState

__all__ = [
    "Allocation",
    "AllocationItem",
    "AllocationRule",
    "Attendance",
    "CallbackRequest",
    "ContactForm",
    "ContactState",
    "ContestCheck",
    "CopyEntry",
    "CopyKind",
    "Custody",
    "CustodyEntry",
    "EventKind",
    "FileContest",
    "FileForm",
    "FilledBy",
    "FormIssue",
    "FormSheet",
    "FormTemplate",
    "Incident",
    "IncidentKind",
    "ItemState",
    "Loan",
    "LoanPurpose",
    "Measure",
    "Moved",
    "Opening",
    "SealedBox",
    "Severity",
    "SheetState",
    "TemplateKind",
    "Transfer",
    "TransferItem",
    "TransferState",
    "WorkingNote",
]
