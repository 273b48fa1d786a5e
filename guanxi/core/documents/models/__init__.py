from .document import Document, DocumentVersion, Label, Scan, Thumbnail

__all__ = ["Document", "DocumentVersion", "Label", "Scan", "Thumbnail"]
