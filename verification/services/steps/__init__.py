"""The steps of a check-in, a file each: the code, the room's radio, the room's sound, the face.

A step measures what the phone sent, records what was measured, and says how it went.
"""
