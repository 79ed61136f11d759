"""Use cases: each opens its own transaction and speaks in domain terms, never in HTTP."""
