"""Shared vocabulary: enums, payload dataclasses, error codes. Standard library only, Python 3.10 syntax."""
