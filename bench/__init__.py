"""Figures of speed, each beside hand-written SQL for the same work in the same run. `make bench`; SIZE=1m for more."""
