from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models


class AccountManager(BaseUserManager["Account"]):
    def get_by_natural_key(self, username: str | None) -> Account:
        return self.get(login=username)

    def create_user(self, login: str, password: str | None = None, **more: Any) -> Account:
        account = self.model(login=login, **more)
        account.set_password(password)
        account.save(using=self._db)
        return account


class Account(AbstractBaseUser):
    """What signs in. A person who works here is `Staff`; both are kept apart so that either can end alone."""

    login = models.CharField(max_length=60, unique=True)
    language = models.CharField(max_length=10, default="zh-hans")
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    password_changed_at = models.DateTimeField(null=True)
    # When the second factor was set up; none without. Sessions carry it, so that each change ends those before it.
    second_factor_at = models.DateTimeField(null=True)

    USERNAME_FIELD = "login"
    objects = AccountManager()


class ApiToken(models.Model):
    """Only a digest is kept; the token itself is shown once."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    may_write = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)


class ApiBudget(models.Model):
    """How many calls a token has left just now (tokens.py). Not logged by the database: a crash fills it up again."""

    token = models.OneToOneField(ApiToken, on_delete=models.CASCADE, primary_key=True, db_constraint=False)
    calls = models.FloatField()
    at = models.DateTimeField()
    is_over = models.BooleanField(default=False)


class Tally(models.Model):
    """When something was tried lately, so that every stretch of time holds the limit; one row for all processes."""

    scope = models.CharField(max_length=20)
    key = models.CharField(max_length=120)
    tries = ArrayField(models.DateTimeField())
    refused = models.IntegerField(default=0)
    until = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="tally_key")]
        indexes = [models.Index(fields=["until"], name="tally_until")]


class SessionOf(models.Model):
    """Whose session it is, so that a person can list and end the own ones."""

    session_key = models.CharField(max_length=40, unique=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="sessions")


class SecondFactor(models.Model):
    """`secret` is sealed; `last_step` is the period of the last code that was taken, so that none is taken twice."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="second_factor")
    secret = models.CharField(max_length=400)
    last_step = models.BigIntegerField(default=0)


class RecoveryCode(models.Model):
    """Opens once in place of the second factor. `label` finds it; the rest is kept as a password hash."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="recovery_codes")
    label = models.CharField(max_length=4)
    digest = models.CharField(max_length=200)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "label"], name="recovery_code_label")]


class SignInAttempt(models.Model):
    """As the release before counted. Kept for going back to it; nothing here writes it."""

    scope = models.CharField(max_length=10)
    key = models.CharField(max_length=80)
    window = models.DateTimeField()
    failures = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key", "window"], name="signin_window")]
