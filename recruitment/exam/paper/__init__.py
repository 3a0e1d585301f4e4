"""What the exam day has on paper: tickets, door lists, seat labels, attendance sheets."""
