"""Looks at pictures that people bring, in a process of its own that can open, send and write nothing (trust F-75).

Plain Python: no Django, no database. Its input is the file, its output a small picture of our own making.
"""
