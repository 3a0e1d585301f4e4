"""The stages of the story in :mod:`tests.e2e.test_selection_story`, a module for each stretch of the way."""
