"""NLU components of ours, one class per file."""
