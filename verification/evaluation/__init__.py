"""Measuring the face engines: accuracy, attack detection and speed, on data that is at hand."""
