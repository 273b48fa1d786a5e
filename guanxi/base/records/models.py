from .bulk.models import BulkItem, BulkRun
from .exports.models import ExportPart, ExportRun
from .habits import ListHabit
from .imports.models import ImportChange, ImportMark, ImportPart, ImportRow, ImportRun, SavedMapping
from .own_fields.models import OwnField
from .search.models import Opened, Searched
from .views.models import DefaultView, SavedView, Segment

__all__ = [
    "BulkItem",
    "BulkRun",
    "DefaultView",
    "ExportPart",
    "ExportRun",
    "ImportChange",
    "ImportMark",
    "ImportPart",
    "ImportRow",
    "ImportRun",
    "ListHabit",
    "Opened",
    "OwnField",
    "SavedMapping",
    "SavedView",
    "Searched",
    "Segment",
]
