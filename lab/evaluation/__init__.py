"""Measuring the face engines on data that is at hand, and the radio in a simulation."""
