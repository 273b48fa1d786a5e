from .fileform import FileForm

__all__ = ["FileForm"]
