from .document import Document, DocumentVersion, Label, Thumbnail

__all__ = ["Document", "DocumentVersion", "Label", "Thumbnail"]
