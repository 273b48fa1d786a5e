"""Puts a visible mark on a copy that leaves, in a process of its own that can open, send and write nothing (SEC-11).

Plain Python: no Django, no database. Its input is the file, its words come with the call, its output is the copy.
"""
