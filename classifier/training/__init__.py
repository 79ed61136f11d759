"""Training: needs torch (requirements/train.in). Nothing that serves imports this package."""
