"""Rules about cases and routing; pure: imports neither aiohttp nor SQLAlchemy."""
