"""Whether the parts of a running instance answer."""

from flask import Blueprint

blueprint = Blueprint("health", __name__)
