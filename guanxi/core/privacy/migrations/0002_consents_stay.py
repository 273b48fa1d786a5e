"""Consents are only added; erasing a person may empty the words of evidence, nothing else. Certificates never change."""

from django.db import migrations

GUARD = """
CREATE FUNCTION privacy_keep_consent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.evidence = '' AND to_jsonb(NEW) - 'evidence' = to_jsonb(OLD) - 'evidence' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'consents are only added' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER privacy_consent_keep BEFORE UPDATE OR DELETE ON privacy_consent
  FOR EACH ROW EXECUTE FUNCTION privacy_keep_consent();
CREATE FUNCTION privacy_keep_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'certificates are only added' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER privacy_erasure_keep BEFORE UPDATE OR DELETE ON privacy_erasure
  FOR EACH ROW EXECUTE FUNCTION privacy_keep_erasure();
CREATE FUNCTION privacy_keep_wording() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'wordings are only added' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER privacy_wording_keep BEFORE UPDATE OR DELETE ON privacy_wording
  FOR EACH ROW EXECUTE FUNCTION privacy_keep_wording();
"""
DROP = """
DROP TRIGGER privacy_consent_keep ON privacy_consent; DROP FUNCTION privacy_keep_consent();
DROP TRIGGER privacy_erasure_keep ON privacy_erasure; DROP FUNCTION privacy_keep_erasure();
DROP TRIGGER privacy_wording_keep ON privacy_wording; DROP FUNCTION privacy_keep_wording();
"""


class Migration(migrations.Migration):
    dependencies = [("privacy", "0001_initial")]

    operations = [migrations.RunSQL(GUARD, DROP)]
