"""`flask auth …`: the commands."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import click
import flask
from flask.cli import AppGroup, with_appcontext

from flask_headless_auth import contract, database
from flask_headless_auth.settings import CoreSettings, Settings
from flask_headless_auth.state import State, part, state

group = AppGroup("auth", help="Authentication: the contract, the tables, the settings.")


def install(app: flask.Flask, ours: State) -> None:
    """Give the application `flask auth`, with the commands of its features."""
    mine = AppGroup("auth", help=group.help)
    for command in group.commands.values():
        mine.add_command(command)
    for feature in ours.features:
        for command in feature.commands:
            mine.add_command(command)
    app.cli.add_command(mine)


@group.command("spec")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Write both files to this folder."
)
@click.option("--format", "kind", type=click.Choice(["json", "yaml"]), default="json", show_default=True)
@with_appcontext
def spec(out: Path | None, kind: str) -> None:
    """Print this app's OpenAPI spec, or write openapi.json and openapi.yaml."""
    document = part(contract.Api).document()
    if out is None:
        click.echo({"json": contract.as_json, "yaml": contract.as_yaml}[kind](document), nl=False)
        return
    _write(out / "openapi.json", contract.as_json(document))
    _write(out / "openapi.yaml", contract.as_yaml(document))


@group.command("schemas")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="The folder.")
@with_appcontext
def schemas(out: Path) -> None:
    """Write each component of the spec as JSON Schema 2020-12, and remove files of those that are gone."""
    document = part(contract.Api).document()
    names = sorted(document["components"]["schemas"])
    base = f"{state().sections.of(CoreSettings).url_prefix}/schemas"
    out.mkdir(parents=True, exist_ok=True)
    for stale in sorted(set(out.glob("*.json")) - {out / f"{name}.json" for name in names}):
        stale.unlink()
        click.echo(f"{stale} removed")
    for name in names:
        _write(out / f"{name}.json", contract.as_json(contract.json_schema(name, document, base)))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    click.echo(f"{path} written")


@group.command("create-tables")
@with_appcontext
def create_tables() -> None:
    """Create the tables that are missing."""
    made = database.create_tables(state())
    click.echo(f"Created: {', '.join(made)}." if made else "All tables are there.")


@group.command("purge")
@with_appcontext
def purge() -> None:
    """Delete what is over: ended sessions, used links, mails long sent."""
    for feature in state().features:
        if feature.purge is not None:
            for what, count in feature.purge().items():
                click.echo(f"{count:>8} {what} deleted")


@group.command("settings")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@with_appcontext
def show_settings(as_json: bool) -> None:
    """List every setting with its value and meaning; secrets are never shown."""
    rows = [row for section in state().sections.values() for row in _rows(section)]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    width = max(len(row["key"]) for row in rows)
    for row in rows:
        mark = "*" if row["origin"] == "given" else " "
        click.echo(f"{mark} {row['key']:<{width}}  {row['value']}")
        click.echo(click.style(f"  {'':<{width}}  {row['doc']}", dim=True))


def _rows(section: Settings) -> list[dict[str, Any]]:
    rows = []
    for field in dataclasses.fields(section):
        key, value = section.key(field), getattr(section, field.name)
        given = flask.current_app.config.get(key) is not None
        shown = ("(set)" if value else "(not set)") if field.metadata["secret"] else str(value)
        rows.append(
            {
                "key": key,
                "value": shown,
                "default": "" if field.metadata["secret"] else str(field.default),
                "origin": "given" if given else "default",
                "doc": field.metadata["doc"],
            }
        )
    return rows
