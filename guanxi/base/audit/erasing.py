"""Taking personal values out of the trail, for the inventory of personal data (kernel/personal.py): what happened stays
told and sealed, about whom it was told is gone."""

from __future__ import annotations

from collections.abc import Mapping

from guanxi.base.kernel import statements
from guanxi.base.kernel.personal import Persons, of_record

# The seal covers the digest; without the salt nobody can try names until one fits. Records of kinds that say whose they
# are lead there by themselves; by the words alone everybody would lose the trail who is called alike.
ERASE = f"""
WITH erased AS (
  UPDATE audit_entry SET personal = '{{}}', personal_salt = NULL,
    personal_digest = sha256(uuid_send(personal_salt) || convert_to(personal::text, 'UTF8'))
  WHERE personal <> '{{}}' AND personal_salt IS NOT NULL
    AND ({of_record("kind", "subject_id")}
      OR personal::text LIKE ANY(%(words)s) AND (subject_id IS NULL OR kind <> ALL(%(known)s::text[]))) RETURNING id)
SELECT count(*) FROM erased
"""  # noqa: S608 (constants only)


def erase_from_trail(persons: Persons) -> Mapping[str, int]:
    return {"audit_entry": int(statements.value(ERASE, persons.given))}
