"""The wire shapes of teaching. What the values mean is judged in the services."""
