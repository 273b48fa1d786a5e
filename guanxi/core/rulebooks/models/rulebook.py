from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Staff

from ..engine.rules import Rule as RuleSpec
from ..engine.rules import rule_from_json


class VersionState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    APPROVED = "approved", _("Approved")
    RETIRED = "retired", _("Replaced by a later version")


class CatchUp(models.TextChoices):
    """What happens with a step whose time was over before the duty could be raised."""

    FOLD = "fold", _("Raise it as caught up: it can be done and is held against nobody")
    SKIP = "skip", _("Do not raise it")


class OnReplace(models.TextChoices):
    """What happens with open duties of the version before when this one comes into force."""

    KEEP = "keep", _("They stay as they are, under the wording they were raised under")
    RENEW = "renew", _("They are withdrawn and raised anew under the new wording")


class Rulebook(models.Model):
    """A company's written rules. `title` is that of the latest version."""

    KIND = "rulebook"

    key = models.CharField(max_length=60, unique=True)
    title = models.CharField(max_length=400)
    title_en = models.CharField(max_length=400, blank=True)

    def __str__(self) -> str:
        return self.title

    def title_for(self, actor: Actor) -> str:
        return self.title if actor.language.startswith("zh") else self.title_en or self.title


class Version(models.Model):
    """An immutable text once approved. In force: the approved one with the latest effective day that has come."""

    rulebook = models.ForeignKey(Rulebook, on_delete=models.PROTECT, related_name="versions")
    number = models.IntegerField()
    text = models.TextField()
    source = models.CharField(max_length=400, blank=True)
    state = models.CharField(max_length=10, choices=VersionState.choices, default=VersionState.DRAFT)
    effective_on = models.DateField(null=True)
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    # Occurrences before the effective day count from here; empty: only from the effective day.
    anchors_from = models.DateField(null=True)
    catch_up = models.CharField(max_length=4, choices=CatchUp.choices, default=CatchUp.FOLD)
    # Empty: the whole company. Units below are included.
    unit_ids = ArrayField(models.BigIntegerField(), default=list)
    created_at = models.DateTimeField()
    drafted_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    # The last day it holds; empty: until another version or until it is switched off.
    until_on = models.DateField(null=True)
    # On trial (试行): it runs, and nothing is proposed against anybody.
    is_trial = models.BooleanField(default=False, db_default=False)
    on_replace = models.CharField(
        max_length=5, choices=OnReplace.choices, default=OnReplace.KEEP, db_default=OnReplace.KEEP
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rulebook", "number"], name="version_number"),
            models.UniqueConstraint(fields=["rulebook"], condition=Q(state="draft"), name="version_one_draft"),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(effective_on__isnull=False, approved_at__isnull=False),
                name="version_approved_is_dated",
            ),
        ]


class Clause(models.Model):
    """The permanent identity of a rule across versions: duties are unique within it."""

    rulebook = models.ForeignKey(Rulebook, on_delete=models.PROTECT, related_name="clauses")
    key = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rulebook", "key"], name="clause_key")]


class Rule(models.Model):
    """A clause as one version words it. `spec` is what the engine works on (engine/rules.py)."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="rules")
    clause = models.ForeignKey(Clause, on_delete=models.PROTECT, related_name="rules")
    article = models.CharField(max_length=400)
    article_en = models.CharField(max_length=400, blank=True)
    topic = models.CharField(max_length=60)
    position = models.IntegerField()
    spec = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "clause"], name="rule_clause")]
        ordering = ["position"]

    @property
    def read(self) -> RuleSpec:
        return rule_from_json(self.spec)


class Reading(models.Model):
    """Somebody confirmed having read a version in force (POL-10)."""

    KIND = "reading"

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="readings")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="readings")
    confirmed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "staff"], name="reading_once")]
