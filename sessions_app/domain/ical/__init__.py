"""Reads iCalendar files (RFC 5545) as real programs write them: plain Python, without a database.

Nothing in a file can keep a core busy. A rule that repeats is walked day by day up to a last day,
while libraries search on to the year 9999 for a rule that never matches.
"""
