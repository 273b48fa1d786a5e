"""Since when nothing is missing on a file form: health is said, and of buyers what they bought and for how much."""

from django.db import migrations, models

WHOLE = "({0}.health <> '' AND (NOT {0}.purchased OR ({0}.product <> '' AND {0}.amount IS NOT NULL)))"
KEEP = f"""
CREATE FUNCTION archive_fileform_is_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT {WHOLE.format("NEW")} THEN
    NEW.whole_since := NULL;
  ELSIF TG_OP = 'INSERT' THEN
    NEW.whole_since := NEW.created_at;
  ELSE
    NEW.whole_since := COALESCE(OLD.whole_since, NEW.updated_at);
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER archive_fileform_is_whole BEFORE INSERT OR UPDATE OF health, purchased, product, amount
  ON archive_fileform FOR EACH ROW EXECUTE FUNCTION archive_fileform_is_whole();
"""
DROP = """
DROP TRIGGER archive_fileform_is_whole ON archive_fileform;
DROP FUNCTION archive_fileform_is_whole();
"""
SO_FAR = f"UPDATE archive_fileform f SET whole_since = f.created_at WHERE {WHOLE.format('f')}"  # noqa: S608 (constants of this file)


class Migration(migrations.Migration):
    dependencies = [("archive", "0008_words_of_choices")]

    operations = [
        migrations.AddField("fileform", "whole_since", models.DateTimeField(editable=False, null=True)),
        migrations.RunSQL(SO_FAR, migrations.RunSQL.noop),
        migrations.RunSQL(KEEP, DROP),
    ]
