"""Who may do what at this moment, in one statement however many people there are."""

from __future__ import annotations

from django.db import connection

from guanxi.base.kernel import clock

from .models import AccessReview

# Rights as [kind, verb, scope, units]; a share as [kind, level, "record"], its count is the label: that it changes with
# every customer is nothing to look at again.
NOW = """
SELECT p.staff_id, 'post' AS origin, p.id AS origin_id, 'post:' || p.id AS mark, r.name AS label, r.name_en AS label_en,
  u.name AS place, p.ends_on AS until, COALESCE(g.rights, '[]'::jsonb) AS rights
FROM org_post p JOIN org_role r ON r.id = p.role_id JOIN org_unit u ON u.id = p.unit_id
LEFT JOIN LATERAL (SELECT jsonb_agg(DISTINCT jsonb_build_array(g.kind, g.verb, g.scope, g.unit_ids)) AS rights
  FROM org_grant g WHERE g.role_id = p.role_id) g ON TRUE
WHERE p.starts_on <= %(today)s AND (p.ends_on IS NULL OR p.ends_on >= %(today)s)
UNION ALL
SELECT e.staff_id, 'share', NULL, 'share:' || e.staff_id || ':' || e.kind || ':' || e.level, count(*)::text, '', '',
  NULL, jsonb_build_array(jsonb_build_array(e.kind, e.level, 'record', '[]'::jsonb))
FROM org_reach e WHERE e.until IS NULL OR e.until >= %(today)s GROUP BY e.staff_id, e.kind, e.level
UNION ALL
SELECT s.id, 'token', t.id, 'token:' || t.id, t.name, '', a.login, (t.expires_at AT TIME ZONE 'Asia/Shanghai')::date,
  jsonb_build_array(jsonb_build_array('token', CASE WHEN t.may_write THEN 'update' ELSE 'read' END, 'own', '[]'::jsonb))
FROM org_apitoken t JOIN org_account a ON a.id = t.account_id JOIN org_staff s ON s.account_id = a.id
WHERE t.ended_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > %(now)s) AND a.is_active
"""
LESS = """(SELECT COALESCE(jsonb_agg(d.one), '[]'::jsonb) FROM (SELECT jsonb_array_elements({0}) AS one
  EXCEPT SELECT jsonb_array_elements({1})) d)"""
FREEZE = f"""
INSERT INTO ops_reviewline (review_id, staff_id, origin, origin_id, mark, label, label_en, place, until, rights,
  fresh, gone, is_new, state, note)
SELECT %(review)s, n.staff_id, n.origin, n.origin_id, n.mark, n.label, n.label_en, n.place, n.until, n.rights,
  CASE WHEN b.id IS NULL THEN '[]'::jsonb ELSE {LESS.format("n.rights", "b.rights")} END,
  CASE WHEN b.id IS NULL THEN '[]'::jsonb ELSE {LESS.format("b.rights", "n.rights")} END,
  %(previous)s::bigint IS NOT NULL AND b.id IS NULL, 'open', ''
FROM ({NOW}) n LEFT JOIN ops_reviewline b ON b.review_id = %(previous)s AND b.mark = n.mark
JOIN org_staff s ON s.id = n.staff_id ORDER BY s.pinyin, s.id, n.origin, n.origin_id
"""  # noqa: S608 (constants only)
# What was there the last time and is there no more.
ENDED = """
SELECT count(*) FROM ops_reviewline b WHERE b.review_id = %s
  AND NOT EXISTS (SELECT FROM ops_reviewline n WHERE n.review_id = %s AND n.mark = b.mark)
"""


def freeze(review: AccessReview) -> int:
    """The number of lines."""
    given = {"review": review.pk, "previous": review.previous_id, "today": clock.today(), "now": clock.now()}
    with connection.cursor() as cursor:
        cursor.execute(FREEZE, given)
        return int(cursor.rowcount)


def ended_since(review: AccessReview) -> int:
    if review.previous_id is None:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(ENDED, [review.previous_id, review.pk])
        return int(cursor.fetchone()[0])
