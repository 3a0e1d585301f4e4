"""Notices to people: rendering, delivery and proof."""

# Inside the data folder, where mails are kept that are not sent.
MAIL_FOLDER = "mail"
