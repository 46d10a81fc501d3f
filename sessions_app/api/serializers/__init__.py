"""The shapes of teaching in the API. The services judge what the values mean."""
