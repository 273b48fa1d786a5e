"""The marking process. Ends with 0 and the marked copy on its output, or with another code and nothing of use."""

from __future__ import annotations

import logging
import os
import sys
import warnings

from PIL import Image

from guanxi.base.records.imports.confined.limits import confine

from . import paper, picture
from .asked import LOCKED, PDF, TOO_MUCH, UNFIT, Asked, Locked, TooMuch

# A picture of 50 million points and the larger one it is put on.
MEMORY = 768 * 1024 * 1024


def main() -> int:
    file, pipe = os.fdopen(0, "rb"), os.fdopen(1, "wb")
    asked = Asked.read(sys.argv[1])
    warnings.simplefilter("ignore")
    logging.disable()
    work = paper if asked.detected == PDF else picture
    work.practise()
    confine(MEMORY)
    try:
        copy = work.marked(file, asked)
        pipe.write(copy.getbuffer())
        pipe.flush()
    except Locked:
        return LOCKED
    except (TooMuch, Image.DecompressionBombError):
        return TOO_MUCH
    except Exception:
        # Whatever a strange file does to a parser: it cannot be marked, and nobody reads a trace here.
        return UNFIT
    return 0


if __name__ == "__main__":
    code = main()
    os._exit(code)
