"""The wire shapes of check-ins, faces, reviews and warnings. The services hold the rules."""
