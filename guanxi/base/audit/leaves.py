"""What an entry is, as 32 bytes: all its columns, its items, and its personal values behind a salt of their own."""

from __future__ import annotations

# Erased values leave their digest; anything else than "whole" or "erased whole" has no digest at all.
PERSONAL = """CASE WHEN e.personal_salt IS NULL AND e.personal = '{}' THEN e.personal_digest
  WHEN e.personal_digest IS NULL THEN sha256(uuid_send(e.personal_salt) || convert_to(e.personal::text, 'UTF8')) END"""
OPEN = """jsonb_build_array(e.id, (extract(epoch FROM e.at) * 1000000)::bigint, e.name, e.via, e.who, e.account_id,
  e.staff_id, e.address, e.kind, e.subject_id, e.changes)"""
LEAF = f"sha256(convert_to({OPEN}::text, 'UTF8') || {PERSONAL} || COALESCE(i.digest, ''::bytea))"
ITEMS = """SELECT entry_id, sha256(convert_to(
  string_agg(id || ':' || kind || ':' || subject_id, ',' ORDER BY id), 'UTF8')) AS digest
FROM audit_item"""
