"""``python -m recruitment.prepare``: bring the database up to date and, with ``--demo``, fill it.

A process of its own under the supervisor, so that it can be interrupted and its failure is one line.
"""

import os
import sys
import traceback
from importlib import import_module
from importlib.util import find_spec

from sqlalchemy.exc import SQLAlchemyError

from recruitment.db_commands import ServerTooOld, load_areas, upgrade_database
from recruitment.processes import one_line


def main(demo: bool) -> None:
    url = os.environ["DATABASE_URL"]
    upgrade_database(url)
    load_areas(url)
    # ``load`` itself sees to it that the data is loaded once: it knows what must be there.
    if demo and find_spec("recruitment.demo"):
        app = import_module("recruitment.app").create_app()
        import_module("recruitment.demo").load(app)


if __name__ == "__main__":
    try:
        main("--demo" in sys.argv[1:])
    except ServerTooOld as error:
        sys.exit(str(error))
    except SQLAlchemyError as error:
        # The supervisor shows the last line: the reason, and not SQLAlchemy's closing remark.
        traceback.print_exc()
        sys.exit(one_line(getattr(error, "orig", None) or error))
