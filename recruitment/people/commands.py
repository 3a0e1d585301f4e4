"""``recruitment keys``: make and replace the keys of personal data."""

import click
from cryptography.fernet import Fernet

from recruitment.app import create_app
from recruitment.config import ConfigurationError
from recruitment.database import Base, db
from recruitment.people.crypto import DecryptionError, rotate_all


@click.group()
def keys() -> None:
    """The keys that encrypt ID and phone numbers."""


@keys.command()
def new() -> None:
    """Print a new key, to be put in front of the others in DATA_KEYS."""
    click.echo(Fernet.generate_key().decode())


@keys.command()
def rotate() -> None:
    """Encrypt everything again with the first key of DATA_KEYS; the others can be dropped afterwards.

    One transaction: either all of it is done or nothing.
    """
    try:
        app = create_app()
    except ConfigurationError as error:
        raise click.ClickException(str(error)) from error
    with app.app_context():
        try:
            written = rotate_all(db.session, Base.metadata)
        except DecryptionError as error:
            raise click.ClickException(f"{error}; nothing was changed") from error
        else:
            db.session.commit()
        finally:
            db.session.rollback()
            db.engine.dispose()
    click.echo(f"{written} values are encrypted with the first key now.")
