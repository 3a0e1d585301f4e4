"""The photo of a ticket, from the application form."""

from recruitment.exam.paper.ticket import print_photo
from recruitment.exam.tickets import Ticket
from recruitment.people.uploads import path_of


def photo_of(ticket: Ticket) -> bytes | None:
    """A JPEG at the size of a ticket; none when it is missing or damaged."""
    if ticket.photo is None:
        return None
    try:
        return print_photo(path_of(ticket.photo).read_bytes())
    except OSError:
        return None
