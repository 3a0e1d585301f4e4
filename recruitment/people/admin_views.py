"""The system admin's pages: who has an account and what they may do. No applications."""

from flask import Blueprint

blueprint = Blueprint("users", __name__, url_prefix="/users")
