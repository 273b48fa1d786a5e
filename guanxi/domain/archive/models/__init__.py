from .fileform import FileForm
from .transfer import ItemState, Transfer, TransferItem, TransferState

__all__ = ["FileForm", "ItemState", "Transfer", "TransferItem", "TransferState"]
