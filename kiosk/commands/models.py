"""`kiosk models`: the model files by which faces are found and compared."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kiosk.commands.options import Exit, Group, json_option, load, print_json, settings_option

NAMES = ("yunet", "sface")


def folder_option(command: click.decorators.FC) -> click.decorators.FC:
    """`--to FOLDER`, handed over as `folder`."""
    return click.option(
        "--to",
        "folder",
        type=click.Path(path_type=Path, file_okay=False),
        help="The folder of the models (else `models` in the store's directory).",
    )(command)


@click.group(cls=Group)
def models() -> None:
    """Install the models by which faces are found (yunet) and compared (sface). Without them the other ways stay."""


@models.command(name="list")
@folder_option
@settings_option
@json_option
def list_models(folder: Path | None, settings_path: Path, as_json: bool) -> int:
    """Which models there are, and which are installed. Exit status 1 when one is missing."""
    from devices.face_camera.models import MODELS
    from kiosk.commands.tables import print_table
    from kiosk.face_models import installed

    place = _folder(folder, settings_path)
    rows = [(model, installed(model, place)) for model in MODELS]
    if as_json:
        print_json(
            [
                {
                    "name": model.name,
                    "file": str(place / model.file),
                    "bytes": model.size,
                    "sha256": model.sha256,
                    "installed": there,
                }
                for model, there in rows
            ]
        )
    else:
        told = (
            (model.name, "installed" if there else "missing", f"{model.size / 1e6:.1f} MB", model.purpose)
            for model, there in rows
        )
        print_table(("model", "", "size", "what it does"), told)
        click.echo(f"Folder: {place}")
    return Exit.FINE if all(there for _, there in rows) else Exit.TROUBLE


@models.command()
@click.argument("names", nargs=-1, type=click.Choice(NAMES))
@click.option("--from", "source", type=click.Path(path_type=Path, exists=True), help="A file, or a folder such as a stick's.")
@click.option("--url", default="", help="Another address than the maker's, e.g. of the county's own mirror (one model only).")
@folder_option
@settings_option
@json_option
def install(
    names: tuple[str, ...], source: Path | None, url: str, folder: Path | None, settings_path: Path, as_json: bool
) -> int:
    """Install the models NAMES (all of them unless told), from a file or stick, or from the network.

    Each is taken only when its sha256 is the pinned one. A download that broke off goes on where it was. Prints the settings'
    lines for the face camera.
    """
    from devices.face_camera.models import MODELS
    from kiosk.face_models import copy_from, download, installed

    wanted = [model for model in MODELS if not names or model.name in names]
    if url and len(wanted) != 1:
        raise click.UsageError("--url is for one model: name it.")
    place = _folder(folder, settings_path)
    settings = {"yunet": "detector_model", "sface": "recogniser_model"}
    done = []
    for model in wanted:
        if not installed(model, place):
            with click.progressbar(length=model.size, label=model.name, file=sys.stderr) as bar:

                def told(have: int, bar: click._termui_impl.ProgressBar[int] = bar) -> None:
                    bar.update(have - bar.pos)

                if source is not None:
                    copy_from(source, model, place, told)
                else:
                    download(model, place, told, url)
        done.append({"name": model.name, "file": str(place / model.file), "setting": settings[model.name]})
    if as_json:
        print_json(done)
    else:
        click.echo("Installed. For the face camera's [[devices]] table in the settings file:\n")
        for one in done:
            click.echo(f'{one["setting"]} = "{one["file"]}"')
    return Exit.FINE


def _folder(folder: Path | None, settings_path: Path) -> Path:
    return folder if folder is not None else load(settings_path).store.directory / "models"
