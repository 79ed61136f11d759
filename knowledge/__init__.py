"""What domain staff edit, and the one loader."""
