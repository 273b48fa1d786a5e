"""Rulebook 21 with its callbacks alone (clauses 7 to 11): what tests about duties and versions are made of."""

from pathlib import Path

CALLBACKS = Path(__file__).with_name("callbacks.yaml").read_text("utf-8")
