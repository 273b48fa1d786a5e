"""Nobody waits for ever: the server ends statements that take too long, and where it does not answer at all (a network
that swallows everything), we hang up ourselves."""

from __future__ import annotations

from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg import errors

# Asking whether a kept connection still lives.
PROBE_SECONDS = 5.0


class Patient(psycopg.Connection[Any]):
    """`patience`: seconds for one answer; None waits on, as jobs do."""

    patience: float | None = None

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        try:
            return super().wait(gen, interval, self.patience if timeout is None else timeout)
        except errors._WaitTimeout as problem:
            if timeout is not None:
                raise
            # What comes later would be taken for the answer to the next statement.
            self.pgconn.finish()
            raise psycopg.OperationalError("the database server did not answer in time") from problem


class DatabaseWrapper(base.DatabaseWrapper):
    patience: float | None = None

    def get_connection_params(self) -> dict[str, Any]:
        parameters: dict[str, Any] = super().get_connection_params()
        self.patience = parameters.pop("patience", None)
        return parameters

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        self.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
        connection = Patient.connect(**conn_params)
        connection.patience = self.patience
        return connection

    def is_usable(self) -> bool:
        if self.connection is None:
            return False
        self.connection.patience = min(self.patience, PROBE_SECONDS) if self.patience else None
        try:
            return bool(super().is_usable())
        finally:
            self.connection.patience = self.patience
