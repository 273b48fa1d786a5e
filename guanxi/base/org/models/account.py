from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
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


class SignInAttempt(models.Model):
    """Failures counted per window in one atomic upsert, so that all web processes share one limit."""

    scope = models.CharField(max_length=10)
    key = models.CharField(max_length=80)
    window = models.DateTimeField()
    failures = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key", "window"], name="signin_window")]
