"""The engine: fire one transition, say what may be done now and why not.

Everything happens in the caller's transaction; the engine never commits and reads no clock.
"""

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.orm.attributes import set_committed_value

from workflows import batches, bulk, judge, offers
from workflows.batches import Progress
from workflows.bulk import Excluded, FiredMany, NotAll, Preview, PreviewStale, Request, Selection
from workflows.definition import START, Definition, Transition, Unsound
from workflows.journal import GENESIS, body_of, hash_of, tail_of
from workflows.judge import Flow
from workflows.reading import load
from workflows.registry import Given, Guard, Notice, Registry, Scope
from workflows.schema import event, outbox, request
from workflows.soundness import unimplemented
from workflows.statements import DUE, NOTICE
from workflows.subject import ENGINE_COLUMNS
from workflows.terms import Actor, Availability, Fired, LastEvent, Reason, Refused, Stale

__all__ = [
    "Actor",
    "Availability",
    "Engine",
    "Excluded",
    "Fired",
    "FiredMany",
    "Given",
    "Guard",
    "LastEvent",
    "NotAll",
    "Notice",
    "Preview",
    "PreviewStale",
    "Progress",
    "Reason",
    "Refused",
    "Registry",
    "Scope",
    "Stale",
]

# Between a refusal in SQL and its explanation the world may change so that nothing is wrong any more.
_TRIES = 3


class Engine:
    """Runs the workflows whose subjects the registry knows.

    Raises ``Unsound`` at once when a definition is unsound or names something that is not implemented.
    """

    def __init__(
        self, registry: Registry, definitions: Mapping[str, Mapping[int, Definition]] | None = None
    ) -> None:
        known = load() if definitions is None else definitions
        if missing := registry.subjects.keys() - known.keys():
            raise LookupError(f"no definition of {', '.join(sorted(missing))}")
        self.registry = registry
        self.flows = {
            name: Flow(name, model, known[name], registry) for name, model in registry.subjects.items()
        }
        self._by_model = {flow.model: flow for flow in self.flows.values()}
        problems = [
            problem
            for flow in self.flows.values()
            for definition in flow.versions.values()
            for problem in unimplemented(definition, registry)
        ]
        if problems:
            raise Unsound(problems)
        for flow in self.flows.values():
            for definition in flow.versions.values():
                for step in definition.transitions.values():
                    flow.statement(definition, step, keyed=False)

    def flow(self, subject: Any) -> Flow:
        """The workflow of a subject."""
        return self._by_model[type(subject)]

    def start(
        self,
        session: Session,
        subject: Any,
        *,
        actor: Actor,
        now: datetime,
        form: Mapping[str, Any] | None = None,
    ) -> Fired:
        """Bring a new subject into being: inserts the row and records its first event.

        ``subject`` is a new object with ``owner_id`` and ``area_code`` set. Raises ``Refused``; then the row
        is not inserted.
        """
        definition = self.flow(subject).latest
        subject.definition_version = definition.version
        subject.state = subject.public_state = definition.start.target
        subject.state_since = now
        subject.state_version = 0
        subject.last_hash = GENESIS
        with session.begin_nested():
            session.add(subject)
            session.flush()
            return self.fire(session, subject, START, actor=actor, now=now, form=form)

    def fire(
        self,
        session: Session,
        subject: Any,
        trigger: str,
        *,
        actor: Actor,
        now: datetime,
        form: Mapping[str, Any] | None = None,
        key: str | None = None,
        expected_version: int | None = None,
    ) -> Fired:
        """Take the transition that the trigger means for the subject.

        ``expected_version`` is the ``state_version`` that the actor decided on (default: that of the object
        as loaded). ``key`` names the request: the same key on the same subject has one effect and one
        answer.
        ``form`` must be JSON. Flushes the session; the object is up to date afterwards.

        Raises ``Stale`` when the subject has moved on, else ``Refused`` with every reason.
        """
        if now.tzinfo is None:
            raise ValueError("now must be an aware datetime")
        flow = self.flow(subject)
        session.flush()
        version: int = subject.state_version if expected_version is None else expected_version
        for _ in range(_TRIES):
            if subject.state_version == version:
                for step in flow.triggered(subject, trigger):
                    fired = self._take(session, flow, subject, step, actor=actor, now=now, form=form, key=key)
                    if fired is not None:
                        return fired
            if key is not None and (fired := self._replay(session, flow, subject, trigger, actor, form, key)):
                return fired
            self._refuse(session, flow, subject, trigger, actor=actor, now=now, form=form, version=version)
        raise Refused([self.registry.say("busy")])

    def _take(
        self,
        session: Session,
        flow: Flow,
        subject: Any,
        step: Transition,
        *,
        actor: Actor,
        now: datetime,
        form: Mapping[str, Any] | None,
        key: str | None,
    ) -> Fired | None:
        """Run the statement unless Python already knows better. ``None``: not taken, nothing written."""
        definition = flow.definition(subject)
        if any(self._obstacles(definition, step, subject, actor, form)):
            return None
        if unwritten := judge.in_python_only(self.registry, step):
            facts = flow.facts(session, [subject], [use.name for use in unwritten], actor, now)[subject.id]
            given = Given({}, actor, now, form)
            if any(judge.guarded(self.registry, unwritten, step, facts, given)):
                return None
        source, seq = subject.state, subject.state_version + 1
        target = step.target or (subject.public_state if step.kind == "take_back" else source)
        role = judge.capacity(step, subject, actor) or ""
        tail = tail_of(step, definition.version, actor, form)
        body = body_of(None if step.name == START else source, target, role, tail)
        last_hash = hash_of(subject.last_hash, flow.name, subject.id, seq, now, body)
        notices = [uuid7(now) for _ in step.notices]
        values = {
            **{f"{DUE}{name}": due for name, due in self.registry.dues(definition, step, now).items()},
            **{f"{NOTICE}{index}": id_ for index, id_ in enumerate(notices)},
            "p_id": subject.id,
            "p_version": subject.state_version,
            "p_area": subject.area_code,
            "p_owner": subject.owner_id,
            "p_now": now,
            "p_actor": actor.name,
            "p_actor_id": actor.id,
            "p_key": key,
            "p_hash": last_hash,
            "p_body": body,
        }
        statement = flow.statement(definition, step, keyed=key is not None)
        result = session.connection().exec_driver_sql(statement, values)
        if step.kind == "release":
            row = result.one_or_none()
            if row is None:
                return None
            notices += row[1] or []
        elif result.rowcount == 0:
            return None
        changed = {"state": target, "state_version": seq, "last_hash": last_hash}
        if not step.held:
            changed["public_state"] = target
        if target != source or step.name == START:
            changed["state_since"] = now
        if step.held or subject.held_seq is not None:
            changed["held_seq"] = seq if step.held else None
            changed["held_by"] = actor.name if step.held else None
        for name, value in changed.items():
            set_committed_value(subject, name, value)
        # A rollback to a savepoint must expire the object, as it does for objects that were flushed.
        session._register_altered([inspect(subject)])
        return Fired(
            workflow=flow.name,
            subject_id=subject.id,
            seq=seq,
            transition=step.name,
            source=None if step.name == START else source,
            target=target,
            at=now,
            held=step.held,
            notices=() if step.held else tuple(notices),
        )

    def _obstacles(
        self,
        definition: Definition,
        step: Transition,
        subject: Any,
        actor: Actor,
        form: Mapping[str, Any] | None,
    ) -> list[Reason]:
        """What can be said against a step without asking the database."""
        return [
            *judge.standing(self.registry, definition, step, subject),
            *judge.permission(self.registry, step, subject, actor),
            *judge.filled_in(self.registry, step, form),
        ]

    def _replay(
        self,
        session: Session,
        flow: Flow,
        subject: Any,
        trigger: str,
        actor: Actor,
        form: Mapping[str, Any] | None,
        key: str,
    ) -> Fired | None:
        """The answer that was given to the request before, if there was one."""
        session.refresh(subject)
        mine = (event.c.workflow == flow.name) & (event.c.subject_id == subject.id)
        asked = (request.c.workflow == flow.name) & (request.c.subject_id == subject.id)
        seq = select(request.c.seq).where(asked, request.c.key == key).scalar_subquery()
        past = session.execute(select(event).where(mine, event.c.seq == seq)).one_or_none()
        if past is None:
            return None
        step = flow.versions[past.definition_version].transitions[past.transition]
        same_form = (past.form or None) == (json.loads(json.dumps(form)) if form else None)
        if step.trigger != trigger or past.actor != actor.name or not same_form:
            raise Refused([self.registry.say("key_reused")])
        sent = select(outbox.c.id).where(
            outbox.c.workflow == flow.name, outbox.c.subject_id == subject.id, outbox.c.event == past.seq
        )
        return Fired(
            workflow=flow.name,
            subject_id=subject.id,
            seq=past.seq,
            transition=past.transition,
            source=past.source,
            target=past.target,
            at=past.at,
            held=past.held,
            notices=() if past.held else tuple(session.scalars(sent)),
            replayed=True,
        )

    def _refuse(
        self,
        session: Session,
        flow: Flow,
        subject: Any,
        trigger: str,
        *,
        actor: Actor,
        now: datetime,
        form: Mapping[str, Any] | None,
        version: int,
    ) -> None:
        """Raise with every reason. Returns if there is none (any more)."""
        session.refresh(subject, [*ENGINE_COLUMNS, "owner_id", "area_code"])
        if subject.state_version != version:
            raise self._stale(session, flow, subject)
        used = {use.name for step in flow.triggered(subject, trigger) for use in step.guards}
        facts = flow.facts(session, [subject], used, actor, now)[subject.id]
        if reasons := judge.against(flow, subject, trigger, facts, Given({}, actor, now, form), form):
            raise Refused(reasons)

    def _stale(self, session: Session, flow: Flow, subject: Any) -> Stale:
        definition = flow.definition(subject)
        last = self.last_event(session, subject)
        state = definition.states[subject.state].label
        reason = self.registry.say(
            "stale",
            state=state,
            when=self.registry.moment(last.at) if last else "",
            done=last.label if last else "",
        )
        return Stale(
            [reason], state=subject.state, state_label=state, version=subject.state_version, last=last
        )

    def last_event(self, session: Session, subject: Any) -> LastEvent | None:
        """Who did what to the subject last."""
        flow = self.flow(subject)
        mine = (event.c.workflow == flow.name) & (event.c.subject_id == subject.id)
        row = session.execute(select(event).where(mine).order_by(event.c.seq.desc()).limit(1)).one_or_none()
        if row is None:
            return None
        label = flow.label(row.definition_version, row.transition)
        return LastEvent(row.seq, row.transition, label, row.actor, row.at)

    def available(
        self, session: Session, actor: Actor, subjects: Sequence[Any], now: datetime, *, every: bool = False
    ) -> dict[UUID, list[Availability]]:
        """For each subject the transitions that leave its state (``every``: all), with the reasons against.

        Subjects are of one model. Costs one query for all of them, and one load for each guard without SQL.
        A form is not judged: it has not been filled in yet.
        """
        if not subjects:
            return {}
        flow = self.flow(subjects[0])
        return offers.offered(flow, session, subjects, actor=actor, now=now, every=every)

    def preview(
        self,
        session: Session,
        workflow: str,
        trigger: str,
        selection: Selection,
        *,
        actor: Actor,
        now: datetime,
        form: Mapping[str, Any] | None = None,
    ) -> Preview:
        """What ``fire_many`` would do: how many would move, and every excluded subject with its reasons.

        ``selection`` is a list of ids, a query for ids, or a condition on the subject's columns.
        """
        session.flush()
        return bulk.preview(session, Request(self.flows[workflow], trigger, selection, actor, now, form))

    def fire_many(
        self,
        session: Session,
        workflow: str,
        trigger: str,
        selection: Selection,
        *,
        actor: Actor,
        now: datetime,
        form: Mapping[str, Any] | None = None,
        partial: bool = False,
        token: str | None = None,
        key: str | None = None,
    ) -> FiredMany:
        """Take every selected subject through a transition, in the caller's transaction.

        Costs the same number of statements for ten as for a hundred thousand. Without ``partial`` it is all
        or nothing: ``NotAll`` names those that cannot move. ``token`` is that of a preview; if anything of it
        has changed, ``PreviewStale`` is raised. ``key`` names the request, as in ``fire``.
        """
        session.flush()
        request = Request(self.flows[workflow], trigger, selection, actor, now, form)
        if key is not None:
            return batches.fire_once(session, request, key, partial=partial, token=token)
        return bulk.fire(session, request, partial=partial, token=token)

    def begin_batch(
        self,
        session: Session,
        workflow: str,
        trigger: str,
        selection: Selection,
        *,
        key: str,
        actor: Actor,
        now: datetime,
        form: Mapping[str, Any] | None = None,
        token: str | None = None,
    ) -> Progress:
        """Write down a firing of many that ``run_batch`` then does in chunks. Idempotent by its key."""
        request = Request(self.flows[workflow], trigger, selection, actor, now, form)
        return batches.begin(session, request, key, token=token)

    def run_batch(
        self,
        sessions: sessionmaker[Session],
        key: str,
        *,
        now: Callable[[], datetime],
        chunk: int = 5000,
        report: Callable[[Progress], None] | None = None,
    ) -> Progress:
        """Do what is left of a batch, a transaction for each chunk. May be killed and called again."""
        return batches.run(sessions, self.flows, key, now=now, chunk=chunk, report=report)


def uuid7(moment: datetime) -> UUID:
    """A random id that sorts by time (RFC 9562)."""
    milliseconds = int(moment.timestamp() * 1000)
    random = secrets.randbits(74)
    return UUID(int=milliseconds << 80 | 7 << 76 | (random >> 62) << 64 | 2 << 62 | random & (1 << 62) - 1)
