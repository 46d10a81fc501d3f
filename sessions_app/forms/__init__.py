"""What the teacher's pages send, checked."""
