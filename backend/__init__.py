"""The one public port: conversations, cases, routing, staff. Wiring lives in ``backend.main``."""
