from .consent import Channel, Consent, ConsentPurpose, Source, Wording
from .erasure import Erasure, SetApart, SetApartKind
from .processor import Processor, ProcessorSort
from .request import PersonFile, PersonRequest, RequestState, Wish

__all__ = [
    "Channel",
    "Consent",
    "ConsentPurpose",
    "Erasure",
    "PersonFile",
    "PersonRequest",
    "Processor",
    "ProcessorSort",
    "RequestState",
    "SetApart",
    "SetApartKind",
    "Source",
    "Wish",
    "Wording",
]
