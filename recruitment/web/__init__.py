"""What every page has in common: headers, navigation, formats, error pages."""

from flask import Flask

from recruitment.web import characters, errors, formats, headers, language, limits, navigation, stages


def init_app(app: Flask) -> None:
    headers.init_app(app)
    formats.init_app(app)
    language.init_app(app)
    navigation.init_app(app)
    stages.init_app(app)
    errors.init_app(app)
    characters.init_app(app)
    limits.init_app(app)
