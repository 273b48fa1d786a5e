"""The command `guanxi`. One module per group of subcommands; each registers itself."""

from guanxi.edge.ops.command.main import main

__all__ = ["main"]
