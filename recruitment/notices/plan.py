"""On which channels a person gets a notice. The inbox needs no plan: everything stands there."""

from typing import NamedTuple

from recruitment.notices.channels import channels
from recruitment.people.models import User

# Nobody prints a letter to say that something that the person has just done was done.
UNPRINTED = frozenset({"application.submitted", "application.resubmitted", "application.withdrawn"})
# They confirm that somebody has withdrawn: whatever was decided before is not sent to them any more.
WITHDRAWALS = ("application.withdrawn", "candidate.gave_up")
# Workflows whose notices a cadre must get, on paper if there is no other way.
PRINTED = ("application.", "candidate.")


class Way(NamedTuple):
    """A channel and the address there, as it may be shown."""

    channel: str
    address: str
    by_hand: bool


def ways(user: User, template: str) -> list[Way]:
    """The channels that the person chose and that reach them.

    When none of these does, the first other one that does; when there is none at all, a letter. Who chose the
    inbox alone is sent nothing.
    """
    reach = [
        Way(name, address, channel.by_hand)
        for name, channel in channels().items()
        if (address := channel.address(user))
    ]
    chosen = [way for way in reach if way.channel in user.channels]
    if chosen or not user.channels:
        return chosen
    others = [way for way in reach if not way.by_hand]
    if others:
        return others[:1]
    return [way for way in reach if way.by_hand][:1] if printed(template) else []


def printed(template: str) -> bool:
    """Whether a notice is worth a letter: it is about a decision, not a reminder or a receipt."""
    return template.startswith(PRINTED) and template not in UNPRINTED and ".remind" not in template
