from .fileform import change_file_form, complete_file_form, remove_file_form

__all__ = ["change_file_form", "complete_file_form", "remove_file_form"]
