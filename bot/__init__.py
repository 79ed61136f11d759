"""Rasa side (Python 3.10): custom NLU components, the loopback channel and the server's entry point."""
