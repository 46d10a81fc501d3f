"""The room's Bluetooth beacon: a program of its own, which needs none of the server's code.

``beacon.protocol`` is plain Python without any requirement. The server derives ids with it too.
"""
