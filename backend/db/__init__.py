"""Database: models, engine, migrations. Nobody else opens a database."""
