"""Formal lists and imports, each declared once.

A list is a :class:`~recruitment.lists.declaration.ListDeclaration`: its columns with their official headers,
how a cell is read and how a value is written. :func:`~recruitment.lists.reading.read_list` reads a
spreadsheet by it, :func:`~recruitment.lists.writing.write_xlsx` and
:func:`~recruitment.lists.writing.write_csv` write one.
"""
