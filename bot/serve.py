"""Entry point of the Rasa server: ``bot/.venv/bin/python -m bot.serve``.

A thin wrapper over ``rasa run`` for two reasons: the token must not stand on the command line (``ps`` shows it), and
everything binds to loopback whatever the defaults say.
"""

import os
import sys

from common import secretfile, settings


def arguments() -> list[str]:
    """Arguments for ``rasa run``; model, endpoints and credentials are those of the repository root."""
    root = settings.ROOT
    return [
        "rasa",
        "run",
        "--enable-api",  # /status tells whether a model is loaded
        "--model",
        str(root / "models" / "dialogue.tar.gz"),
        "--endpoints",
        str(root / "endpoints.yml"),
        "--credentials",
        str(root / "credentials.yml"),
        "--interface",
        "127.0.0.1",
        "--port",
        settings.get("JIEFEN_RASA_PORT"),
        f"--auth-token={os.environ['JIEFEN_RASA_TOKEN']}",  # one word: a generated token may begin with a dash
    ]


def main() -> None:
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    os.environ.setdefault("JIEFEN_ACTIONS_URL", f"http://127.0.0.1:{settings.get('JIEFEN_ACTIONS_PORT')}/webhook")
    data = settings.data_dir()
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.environ.setdefault("JIEFEN_TRACKER_DB", str(data / "rasa.db"))
    os.environ["JIEFEN_RASA_TOKEN"] = secretfile.load_or_create("JIEFEN_RASA_TOKEN")  # bot.channel asks for it
    sys.argv = arguments()
    from rasa.__main__ import main as rasa_main  # imported late: TensorFlow reads the environment above

    from bot import action_results

    action_results.compile_once()

    rasa_main()


if __name__ == "__main__":
    main()
