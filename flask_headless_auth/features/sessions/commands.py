"""Commands for sessions."""

import click
from flask.cli import with_appcontext

from flask_headless_auth.features.sessions import logic


@click.command("purge")
@with_appcontext
def purge() -> None:
    """Delete sessions that ended longer ago than AUTHSVC_SESSIONS_KEEP_ENDED."""
    click.echo(f"{logic.purge()} sessions deleted.")
