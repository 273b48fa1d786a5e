"""Where backup sets lie and how they are reached."""

from .place import Place, open_store
from .sealed import SealedStore
from .shelf import Entry, Misplaced, Unreachable

__all__ = ["Entry", "Misplaced", "Place", "SealedStore", "Unreachable", "open_store"]
