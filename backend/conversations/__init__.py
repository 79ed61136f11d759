"""Conversations: the message log, the order of turns, Rasa behind it, safety before it, and people instead of it."""
