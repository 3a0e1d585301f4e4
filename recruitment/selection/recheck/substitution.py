"""Who is called up for whom: what the call's scheme proposes, from the same ranking that is certified later."""

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from recruitment.calls.models import Call
from recruitment.candidates.models import Candidate
from recruitment.selection import plans
from recruitment.selection.models import InterviewPlan, Stage
from recruitment.selection.ranking import Candidate as Entrant
from recruitment.selection.ranking import rank
from recruitment.selection.results.table import inputs
from recruitment.selection.scheme import Scheme, load_scheme
from recruitment.selection.scores import read_scores


@dataclass(frozen=True, slots=True)
class Vacancy:
    """A position where somebody of the shortlist has dropped out, or was called up for who came back.

    Attributes:
        quota: openings × ratio.
        remaining: how many of the shortlisted have not dropped out, counting whoever is to be called as there.
        called: tickets of all that the scheme calls up so far, each with its round; decided ones included.
    """

    position: str
    quota: int
    remaining: int
    called: Mapping[str, int]

    @property
    def open(self) -> int:
        """How many places are not filled, whether or not anybody may be called for them."""
        return max(self.quota - self.remaining, 0)


def vacancies(entrants: Sequence[Entrant], scheme: Scheme) -> dict[str, Vacancy]:
    """Every position where somebody of the shortlist has dropped out, by code. Pure: the ranking decides.

    Who would be called follows from marks, from how rechecks ended and from who was called, never from the order in
    which that happened: so two reviewers at once propose the same people, and nobody is called twice.
    """
    ranking = rank(entrants, scheme)
    entered: Counter[str] = Counter()
    remaining: Counter[str] = Counter()
    called: dict[str, dict[str, int]] = {}
    for entrant, result in zip(entrants, ranking.results, strict=True):
        if result.shortlisted:
            entered[result.position] += 1
            remaining[result.position] += entrant.recheck is not False
        if result.substitution_round:
            called.setdefault(result.position, {})[result.candidate] = result.substitution_round
    return {
        code: Vacancy(code, outcome.quota, remaining[code], called.get(code, {}))
        for code, outcome in ranking.positions.items()
        if remaining[code] < entered[code] or outcome.kept_round
    }


@dataclass(frozen=True, slots=True)
class Proposals:
    """What the scheme proposes for some positions of a call.

    Attributes:
        vacancies: by the position's id.
        due: candidates in reserve who are to be called now → round.
    """

    vacancies: dict[uuid.UUID, Vacancy]
    due: dict[uuid.UUID, int]


NOTHING = Proposals({}, {})


def proposals(session: Session, call: Call, positions: Iterable[uuid.UUID] | None = None) -> Proposals:
    """Whom to call up now. Nobody once the order of the interviews has been drawn, or before the ranking is out."""
    ranking = plans.published(session, call.id, Stage.WRITTEN)
    plan = session.get(InterviewPlan, call.id)
    if ranking is None or (plan is not None and plan.drawn_at is not None):
        return NOTHING
    given = inputs(session, call, Stage.FINAL, None if positions is None else list(positions))
    scheme = load_scheme(given.scheme_text)
    entrants, _errors = read_scores(given.scores, scheme)
    found = vacancies(entrants, scheme)
    place = {ticket: position_id for ticket, (_, position_id) in given.candidates.items()}
    by_position = {
        place[entrant.candidate]: found[entrant.position] for entrant in entrants if entrant.position in found
    }
    rounds = {
        given.candidates[ticket][0]: number
        for vacancy in found.values()
        for ticket, number in vacancy.called.items()
    }
    waiting = session.scalars(
        sa.select(Candidate.id).where(Candidate.id.in_(rounds), Candidate.state == "reserve")
    )
    return Proposals(by_position, {id_: rounds[id_] for id_ in waiting})
