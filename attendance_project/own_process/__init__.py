"""Runs a function on what a stranger sent in a process of its own, with an end.

A thread of the server cannot be stopped, and a library that loops in C keeps all others waiting. A
process can be ended by the system whatever it is doing. ``calls.run`` is the one door.
"""
