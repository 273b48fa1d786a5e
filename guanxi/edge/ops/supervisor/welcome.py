"""The address and the sign-ins, said once the first page is really served."""

from __future__ import annotations

from http.client import HTTPConnection, HTTPException

from guanxi.edge.ops import programs
from guanxi.edge.ops.installation import Installation
from guanxi.edge.ops.supervisor.child import Child

DEATHS_BEFORE_WORDS = 3


class Greeting:
    def __init__(self, here: Installation, web: Child) -> None:
        self.here, self.web = here, web
        self.is_done = False
        self._complained = False

    def attempt(self) -> None:
        if _answers(self.here.port, path="/healthz"):
            self._greet()
        elif self.web.deaths >= DEATHS_BEFORE_WORDS and not self._complained:
            self._complained = True
            print(f"The web process does not come up. The end of its log:\n{self.web.last_words()}", flush=True)

    def _greet(self) -> None:
        self.is_done = True
        note = self.here.data / "welcome"
        print(f"\nGuanxi is running at {self.here.address}\n", flush=True)
        if note.exists():
            print(note.read_text(), flush=True)
        print("Ctrl-C stops it.", flush=True)
        self._keep_program()

    def _keep_program(self) -> None:
        """What came up is what one may want to go back to."""
        try:
            programs.keep(self.here)
        except OSError as problem:
            print(f"The program could not be kept for going back: {problem}", flush=True)


def _answers(port: int, *, path: str) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
