"""The world of the access sweep: real objects, people in and out of sight of them, and the lines of all addresses."""

from tests.access import api_lines, consequence_lines, contact_lines, custody_lines, lines
from tests.access.conftest import world

__all__ = ["api_lines", "consequence_lines", "contact_lines", "custody_lines", "lines", "world"]
