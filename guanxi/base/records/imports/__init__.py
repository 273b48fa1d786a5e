"""The import machine: a file, its columns, open questions, one transaction, a result. It knows no record type;
rooms register an `ImportKind` (see kinds.py)."""
