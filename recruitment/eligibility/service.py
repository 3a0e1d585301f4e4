"""Time in qualifying posts, measured from spells of which something may be missing.

Each measure has two readings: *certain*, from what is known alone, and *possible*, with everything that
is missing turned in the person's favour. A rule passes on the certain reading, fails when even the
possible one does not reach, and is unknown between them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, NamedTuple

from recruitment.eligibility.facts import Tenure
from recruitment.eligibility.windows import minus_years

_DAY: Final = timedelta(days=1)
_FIRST: Final = date.min


@dataclass(frozen=True, slots=True)
class ServiceRule:
    """Which time counts and how it adds up.

    Attributes:
        posts: kinds of post that count.
        restructured: posts reached by 建制调整 count too.
        cumulative: add up all runs; otherwise only one unbroken run counts.
        in_post: the run must reach the reference date; without it the longest run counts.
        merge_posts: time in different kinds of post adds up.
        concurrent_once: time in two posts at once counts once; only cumulative time can count it twice.
        allowed_gap: days out of post that do not break a run, and count.
        same_county: only time within one county adds up.
        former: a post given up counts like one still held, at the place where it was last held.
    """

    posts: frozenset[str]
    restructured: bool = False
    cumulative: bool = False
    in_post: bool = True
    merge_posts: bool = True
    concurrent_once: bool = True
    allowed_gap: int = 0
    same_county: bool = False
    former: bool = False


class Place(NamedTuple):
    """A post on the reference date; ``certain`` where nothing about it is missing but perhaps the place.

    ``former``: it was given up before, and stands for one that is held.
    """

    post: str | None
    community: str | None
    certain: bool
    former: bool = False


class Ending(NamedTuple):
    """A day that may be the last in a post given up, and how early the time that counts may then have begun."""

    day: date
    since_possible: date | None


class Service(NamedTuple):
    """What was measured.

    Attributes:
        serving: in a qualifying post on the reference date; ``None`` is unknown.
        since: first day of the certain time that counts; time that is not one run to the reference date is
            moved to end there. ``None``: there is none.
        since_possible: the same with every doubt in the person's favour; ``date.min`` where no start is
            known.
        places: the posts on the reference date, certain and possible; where ``former`` ones count and none is
            held, those that were held last.
        left: last day of the post that was given up and counts; ``None`` while in one.
        until: where former posts count, the days (at most the reference date) that may be the last in one: of
            what is known, or of something possible that ended later.
        shifted: ``since`` is not the first day of a run to the reference date.
    """

    serving: bool | None
    since: date | None
    since_possible: date | None
    places: tuple[Place, ...]
    left: date | None = None
    until: tuple[Ending, ...] = ()
    shifted: bool = False


UNKNOWN_SERVICE: Final = Service(None, None, _FIRST, (Place(None, None, False),))
NO_SERVICE: Final = Service(False, None, None, ())


class _Spell(NamedTuple):
    start: date
    end: date
    post: str | None
    county: str | None


def measure(posts: Sequence[Tenure] | None, reference_date: date, rule: ServiceRule) -> Service:
    """Measure spells at a reference date; ``None`` for posts means that nothing is known of them."""
    if posts is None:
        return UNKNOWN_SERVICE
    relevant = [
        tenure
        for tenure in posts
        if tenure.post in rule.posts or tenure.post is None or (rule.restructured and tenure.restructured)
    ]
    if not relevant:
        return NO_SERVICE
    certain: list[_Spell] = []
    possible: list[_Spell] = []
    places: list[Place] = []
    held: list[tuple[date, Place]] = []
    for tenure in relevant:
        post, start, end = tenure.post, tenure.start, tenure.end
        # The last day was spent in the post, whatever the first was.
        known_start = end if start is None else start
        # Nothing after the reference date counts, so every open end is cut there.
        if end is None or end > reference_date:
            end = reference_date
        if start is None:
            start = _FIRST
        elif start > reference_date:
            continue
        county = None if tenure.community is None else tenure.community[:6]
        possible.append(_Spell(start, end, post, county))
        certainly = False
        if known_start is not None and known_start <= reference_date:
            certainly = post in rule.posts or (rule.restructured and tenure.restructured)
            if certainly:
                certain.append(
                    possible[-1] if known_start is start else _Spell(known_start, end, post, county)
                )
        if end == reference_date:
            places.append(Place(post, tenure.community, certainly))
        held.append((end, Place(post, tenure.community, certainly)))
    if not possible:
        return NO_SERVICE
    since = _since(certain, reference_date, rule, generous=False)
    if certain == possible and rule.merge_posts and not rule.same_county:
        since_possible = since
    else:
        since_possible = _since(possible, reference_date, rule, generous=True)
    if any(place.certain for place in places):
        serving: bool | None = True
    else:
        serving = None if places else False
    if rule.former:
        measured = Service(serving, since, since_possible, ())
        return _with_former(measured, held, certain, possible, reference_date, rule)
    return Service(serving, since, since_possible, tuple(places))


def _with_former(
    service: Service,
    held: list[tuple[date, Place]],
    certain: list[_Spell],
    possible: list[_Spell],
    reference_date: date,
    rule: ServiceRule,
) -> Service:
    """The measure where posts that were given up count: what was held last stands for what is held now."""
    last = max(end for end, _ in held)
    known = max((end for end, place in held if place.certain), default=None)
    # Something possible that ended later may be the last one instead of what is known.
    latest = [(end, place) for end, place in held if known is None or end >= known]
    days = sorted({end for end, _ in latest})
    endings = [Ending(last, service.since_possible)]
    for day in days[:-1]:
        # If this is the last day in such a post, what is only possible and ended later was none.
        then = [*certain, *(spell for spell in possible if spell.end <= day)]
        endings.append(Ending(day, _since(then, reference_date, rule, generous=True)))
    current = _since(certain, reference_date, replace(rule, in_post=True), generous=False)
    return service._replace(
        serving=None if known is None else True,
        places=tuple(
            place._replace(certain=place.certain and end == last, former=end < reference_date)
            for end, place in latest
        ),
        left=known if known is not None and known < reference_date else None,
        until=tuple(endings),
        shifted=service.since != current,
    )


def _since(spells: list[_Spell], reference_date: date, rule: ServiceRule, *, generous: bool) -> date | None:
    if len(spells) == 1 and not rule.cumulative and rule.in_post:
        return spells[0].start if spells[0].end == reference_date else None
    if rule.merge_posts and not rule.same_county:
        return _since_of_group(spells, reference_date, rule)
    groups = _possible_groups(spells, rule) if generous else _certain_groups(spells, rule)
    found = [_since_of_group(group, reference_date, rule) for group in groups]
    return min((day for day in found if day is not None), default=None)


_GroupKey = tuple[str | None, str | None]


def _key(spell: _Spell, rule: ServiceRule) -> _GroupKey:
    """What spells must have in common to add up: post and county; empty words where that is no matter."""
    return "" if rule.merge_posts else spell.post, spell.county if rule.same_county else ""


def _certain_groups(spells: list[_Spell], rule: ServiceRule) -> list[list[_Spell]]:
    """Spells known to belong together; one whose post or county is not known stands alone."""
    together: dict[_GroupKey, list[_Spell]] = {}
    alone: list[list[_Spell]] = []
    for spell in spells:
        key = _key(spell, rule)
        if None in key:
            alone.append([spell])
        else:
            together.setdefault(key, []).append(spell)
    return [*together.values(), *alone]


def _possible_groups(spells: list[_Spell], rule: ServiceRule) -> list[list[_Spell]]:
    """Spells that may belong together: what is not known fits everywhere."""
    keys = [_key(spell, rule) for spell in spells]
    posts, counties = ({key[part] for key in keys} - {None} or {None} for part in (0, 1))
    return [
        [
            spell
            for spell, key in zip(spells, keys, strict=True)
            if key[0] in (None, post) and key[1] in (None, county)
        ]
        for post in posts
        for county in counties
    ]


def _since_of_group(spells: list[_Spell], reference_date: date, rule: ServiceRule) -> date | None:
    if not spells:
        return None
    if rule.cumulative and not rule.concurrent_once:
        runs = [(spell.start, spell.end) for spell in spells]
    else:
        runs = _runs(spells, rule.allowed_gap)
    serving = any(spell.end == reference_date for spell in spells)
    if rule.in_post and not serving:
        return None
    if not rule.cumulative and rule.in_post:
        return runs[-1][0]
    if any(start == _FIRST for start, _ in runs):
        return _FIRST
    lengths = [_length(start, end, reference_date) for start, end in runs]
    if rule.cumulative:
        years, days = map(sum, zip(*lengths, strict=True))
        years, days = years + days // 365, days % 365
    else:
        years, days = max(lengths)
    return minus_years(reference_date, years) - timedelta(days=days)


def _runs(spells: Iterable[_Spell], allowed_gap: int) -> list[tuple[date, date]]:
    """Unbroken runs in order of time; the next spell continues one that ended the day before."""
    runs: list[tuple[date, date]] = []
    reach = timedelta(days=1 + allowed_gap)
    for start, end in sorted((spell.start, spell.end) for spell in spells):
        if runs and start <= runs[-1][1] + reach:
            runs[-1] = runs[-1][0], max(runs[-1][1], end)
        else:
            runs.append((start, end))
    return runs


def _length(start: date, end: date, reference_date: date) -> tuple[int, int]:
    """Full years and further days from the first day of a run to the day after its last.

    Days of the reference date and later have not been served yet. The days stay below 365 so that an
    incomplete leap year never counts as a full one.
    """
    stop = reference_date if end == reference_date else end + _DAY
    years = stop.year - start.year
    if minus_years(stop, years) < start:
        years -= 1
    days = (minus_years(stop, years) - start).days
    return years, min(days, 364)
