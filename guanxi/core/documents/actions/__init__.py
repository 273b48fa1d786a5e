from ..limits import Incoming
from .document import add_version, attach_files, read_file, readable_version, remove_document, restore_document

__all__ = [
    "Incoming",
    "add_version",
    "attach_files",
    "read_file",
    "readable_version",
    "remove_document",
    "restore_document",
]
