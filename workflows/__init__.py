"""A workflow engine for records in a SQL database."""
