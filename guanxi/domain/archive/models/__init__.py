from .attendance import Attendance, EventKind
from .callback import CallbackRequest
from .copies import CopyEntry, CopyKind
from .custody import Custody, CustodyEntry, Moved
from .fileform import FileForm
from .incident import Incident, IncidentKind, Severity
from .loan import Loan, LoanPurpose
from .transfer import ItemState, Transfer, TransferItem, TransferState

__all__ = [
    "Attendance",
    "CallbackRequest",
    "CopyEntry",
    "CopyKind",
    "Custody",
    "CustodyEntry",
    "EventKind",
    "FileForm",
    "Incident",
    "IncidentKind",
    "ItemState",
    "Loan",
    "LoanPurpose",
    "Moved",
    "Severity",
    "Transfer",
    "TransferItem",
    "TransferState",
]
