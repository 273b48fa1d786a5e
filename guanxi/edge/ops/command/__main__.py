"""For a program that was unpacked and runs with the Python of another: `python -m guanxi.edge.ops.command up`."""

import sys

from guanxi.edge.ops.command.main import main

if __name__ == "__main__":
    sys.exit(main())
