"""What the pages of this app send, checked."""
