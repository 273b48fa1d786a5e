from tests.rulebooks.conftest import approve, call, form_of, rulebook_21, whole_rulebook_21

__all__ = ["approve", "call", "form_of", "rulebook_21", "whole_rulebook_21"]
