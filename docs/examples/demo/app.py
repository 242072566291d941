"""The demo: a page where a person signs up, in and out, on an application of a few lines.

`./run` builds the page and starts this. Development keys are made at the first start, so only this machine is
served; the database is a file in DEMO_FOLDER (`.cache/demo` of the repository by default).
"""

import os
import socket
from pathlib import Path

from flask import Flask, Response, send_from_directory

from flask_headless_auth import AuthSvc

HERE = Path(__file__).resolve().parent
PAGE = HERE / "page"
FOLDER = Path(os.environ.get("DEMO_FOLDER", HERE.parents[2] / ".cache" / "demo")).resolve()

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""The page loads nothing from elsewhere and has no inline script."""


PROVIDER_KEYS = [
    f"{name}_CLIENT_{part}" for name in ("GOOGLE", "MICROSOFT", "GITHUB") for part in ("ID", "SECRET")
]
"""Providers are switched on by the environment; the page draws a button for each."""


def create_app(port: int) -> Flask:
    """The demo on `http://localhost:<port>`."""
    app = Flask("demo", instance_path=str(FOLDER), static_folder=None)
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{FOLDER / 'demo.db'}"
    app.config["AUTHSVC_ENV"] = "development"
    app.config["AUTHSVC_PUBLIC_URL"] = f"http://localhost:{port}"
    app.config["AUTHSVC_APP_NAME"] = "Demo"
    app.config.update({key: os.environ[key] for key in PROVIDER_KEYS if key in os.environ})
    AuthSvc(app)

    @app.get("/")
    def index() -> Response:
        return _file("index.html")

    @app.get("/<any('style.css', 'icon.svg'):name>")
    def file(name: str) -> Response:
        return _file(name)

    @app.get("/dist/<any('main.js', 'main.js.map'):name>")
    def script(name: str) -> Response:
        return _file(f"dist/{name}")

    return app


def _file(name: str) -> Response:
    response = send_from_directory(PAGE, name, max_age=0)
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def free_port(first: int) -> int:
    """The first port from *first* on at which nobody answers or listens, by IPv4 or IPv6."""
    for port in range(first, first + 50):
        if not any(_answers(host, port) for host in ("127.0.0.1", "::1")) and _can_listen(port):
            return port
    raise SystemExit(f"No free port between {first} and {first + 49}; choose another with PORT=….")


def _answers(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=0.2):
            return True
    except OSError:
        return False


def _can_listen(port: int) -> bool:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def main() -> None:
    """Serve until Ctrl+C."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    port = free_port(int(os.environ.get("PORT", "5000")))
    app = create_app(port)
    print(
        f"\n  The demo:           http://localhost:{port}/"
        f"\n  The API's docs:     http://localhost:{port}/api/auth/docs"
        f"\n  Stop with Ctrl+C. Accounts are kept in {FOLDER}\n",
        flush=True,
    )
    app.run("127.0.0.1", port, threaded=True)


if __name__ == "__main__":
    main()
