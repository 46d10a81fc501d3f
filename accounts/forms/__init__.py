"""What the pages about one's own account send, checked."""
