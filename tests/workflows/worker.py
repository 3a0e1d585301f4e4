"""A process that works on loans until it is killed: ``python -m tests.workflows.worker URL MODE SEED``."""

import random
import sys
from datetime import timedelta

from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session, sessionmaker

from tests.workflows.loan import NOW, Loan, librarian, make_engine
from workflows import timers
from workflows.engine import Engine, Refused

LATER = NOW + timedelta(days=2)


def fire(engine: Engine, sessions: sessionmaker[Session], chance: random.Random) -> None:
    with sessions.begin() as session:
        ids = session.scalars(select(Loan.id).order_by(Loan.id)).all()
    while True:
        with sessions.begin() as session:
            loan = session.get_one(Loan, chance.choice(ids))
            trigger = chance.choice(["approve", "hand_over", "give_back", "decline", "take_back"])
            form = {"reason": "x"} if trigger == "decline" else None
            try:
                engine.fire(session, loan, trigger, actor=librarian(), now=NOW, form=form)
            except Refused:
                session.rollback()


def fire_many(engine: Engine, sessions: sessionmaker[Session], chance: random.Random) -> None:
    number = 0
    while True:
        number += 1
        someone = librarian()
        trigger = chance.choice(["decline", "approve", "release"])
        form = {"reason": "x"} if trigger == "decline" else None
        key = f"{chance.random()}"
        with sessions.begin() as session:
            engine.begin_batch(
                session,
                "loan",
                trigger,
                Loan.book_id % 3 == number % 3,
                key=key,
                actor=someone,
                now=NOW,
                form=form,
            )
        engine.run_batch(sessions, key, now=lambda: LATER, chunk=4)


def run_timers(engine: Engine, sessions: sessionmaker[Session], chance: random.Random) -> None:
    timers.run(engine, sessions, now=lambda: LATER)


if __name__ == "__main__":
    url, mode, seed = sys.argv[1:]
    made, database = make_engine(), create_engine(url)
    database.connect().close()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    {"fire": fire, "fire_many": fire_many, "timers": run_timers}[mode](
        made, sessionmaker(database), random.Random(seed)
    )
