from .imports.models import ImportPart, ImportRow, ImportRun

__all__ = ["ImportPart", "ImportRow", "ImportRun"]
