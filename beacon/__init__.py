"""The room's Bluetooth beacon: a program of its own, which needs nothing of the server's code.

``beacon.protocol`` is plain Python without any requirement; the server derives ids with it too.
"""
