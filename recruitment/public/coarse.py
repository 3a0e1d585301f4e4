"""The answers of a self-check, and the little of them that a link may carry.

Whoever checks themself types a birth date and the first day in a post. A link to the result travels through chat
groups, histories and logs, so it carries neither: of each answer only as much as the rules of the call tell apart.

========== ======================================================================================
``born``   between which of the call's published birth dates, as a number; 0 is the oldest
``served`` the most years reached among those that the call or a position asks for; ``later`` when
           the post began after the reference date
``place``  the prefecture; the county only where a position of that prefecture names areas in it
others     education, kind of post, commendation and appraisal as they were answered
========== ======================================================================================

A representative from within each span then gets the same outcome from every rule as the person, as rules compare
with those very dates; the tests hold that for any person.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from recruitment.areas import catalogue
from recruitment.eligibility.facts import Appraisal, Commendation, Person, Position, Tenure
from recruitment.eligibility.parameters import Parameters
from recruitment.eligibility.vocabulary import APPRAISAL_RANK, EDUCATION_RANK, POST_WORDS
from recruitment.eligibility.windows import minus_years

NO_POST, RESTRUCTURED, LATER = "none", "restructured", "later"
POSTS = (*POST_WORDS, RESTRUCTURED, NO_POST)
COMMENDED: Mapping[str, bool | None] = {"yes": True, "no": False, "unsure": None}


class BadLink(ValueError):
    """A link that no self-check of this call has made."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What somebody says of themself.

    Attributes:
        post: one of ``POSTS``: a kind of post, another regular post reached by restructuring, or none.
        since: first day of the uninterrupted time in such posts; ``None`` without a post.
        county: six digits of the place of service; empty without a post.
        commended: holds a comprehensive commendation; ``None`` is "not sure".
        appraisal: result of the last calendar year before the reference date; ``None`` is "not said".
    """

    birth_date: date
    education: str
    post: str
    since: date | None
    county: str
    commended: bool | None
    appraisal: str | None

    def person(self, reference_date: date) -> Person:
        """The facts as rules read them. What was not asked stays unknown."""
        posts: tuple[Tenure, ...] = ()
        if self.post != NO_POST:
            restructured = self.post == RESTRUCTURED
            kind = "other" if restructured else self.post
            posts = (Tenure(kind, self.county, self.since, restructured=restructured),)
        commendations: tuple[Commendation, ...] | None = None
        if self.commended is not None:
            commendations = (Commendation(True, reference_date),) if self.commended else ()
        last_year = reference_date.year - 1
        return Person(
            birth_date=self.birth_date,
            education=self.education,
            posts=posts,
            commendations=commendations,
            appraisals=None if self.appraisal is None else (Appraisal(last_year, self.appraisal),),
        )


@dataclass(frozen=True, slots=True)
class Span:
    """Days from the first to the last, both included; open where ``None``."""

    first: date | None
    last: date | None


class Grid:
    """The spans that one call tells apart.

    Args:
        params: the rules of the call.
        positions: its positions; their conditions ask for years and name areas.
    """

    def __init__(self, params: Parameters, positions: Iterable[Position]) -> None:
        windows = params.windows
        day = timedelta(days=1)
        self._on = params.reference_date
        # Each is the first day of a span; what is older than all of them is span 0.
        self._births = sorted({windows.base, windows.autonomous, windows.commendation, windows.minimum + day})
        years = {params[f"tenure.{name}"] for name in ("minimum", "relief_minimum", "stationed_minimum")}
        self._named: set[str] = set()
        for position in positions:
            asked = position.conditions
            years |= {asked.years} if asked.years is not None else set()
            self._named |= {area[:4] for area in asked.areas if len(area) > 4}
        self._years = sorted(years | {0})

    def link(self, answers: Answers) -> dict[str, str]:
        """The answers as a link carries them."""
        words = {
            "born": str(bisect_right(self._births, answers.birth_date)),
            "education": answers.education,
            "post": answers.post,
            "commended": next(word for word, value in COMMENDED.items() if value == answers.commended),
        }
        if answers.post != NO_POST:
            words["served"] = self._served(answers.since or self._on)
            named = answers.county[:4] in self._named
            words["place"] = answers.county if named else answers.county[:4]
        if answers.appraisal is not None:
            words["appraisal"] = answers.appraisal
        return words

    def _served(self, since: date) -> str:
        if since > self._on:
            return LATER
        return str(max(years for years in self._years if minus_years(self._on, years) >= since))

    def representative(self, words: Mapping[str, str]) -> Answers:
        """Somebody whom every rule treats as it does whoever made the link.

        Raises:
            BadLink: something is missing or is none of the values that :meth:`link` writes.
        """
        try:
            post, education = words["post"], words["education"]
            appraisal = words.get("appraisal") or None
            born = self.born(words)
            found = Answers(
                birth_date=born.first or born.last or self._on,
                education=education,
                post=post,
                since=None,
                county="",
                commended=COMMENDED[words["commended"]],
                appraisal=appraisal,
            )
            if post != NO_POST:
                first, county = self.served(words).last, self._county(words["place"])
                found = replace(found, since=first or self._on + timedelta(days=1), county=county)
        except (KeyError, ValueError, IndexError) as error:
            raise BadLink(str(error)) from error
        if post not in POSTS or education not in EDUCATION_RANK:
            raise BadLink(post, education)
        if appraisal is not None and appraisal not in APPRAISAL_RANK:
            raise BadLink(appraisal)
        return found

    def born(self, words: Mapping[str, str]) -> Span:
        """Between which days whoever made the link was born."""
        place = int(words["born"])
        if not 0 <= place <= len(self._births):
            raise BadLink(words["born"])
        day = timedelta(days=1)
        return Span(
            self._births[place - 1] if place else None,
            self._births[place] - day if place < len(self._births) else None,
        )

    def served(self, words: Mapping[str, str]) -> Span:
        """Between which days the post of whoever made the link began."""
        if words["served"] == LATER:
            return Span(self._on + timedelta(days=1), None)
        place = self._years.index(int(words["served"]))
        longer = self._years[place + 1 : place + 2]
        return Span(
            minus_years(self._on, longer[0]) + timedelta(days=1) if longer else None,
            minus_years(self._on, self._years[place]),
        )

    def _county(self, place: str) -> str:
        found = [code for code in catalogue.counties() if code.startswith(place)]
        if len(place) not in (4, 6) or not found:
            raise BadLink(place)
        return found[0]
