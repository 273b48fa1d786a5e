"""Reads files that people bring, in a process of its own that can open, send and write nothing (trust F-70).

Plain Python: no Django, no database, no sentences. What is wrong has a name here; decoding.py says it in words.
"""
