"""The exam day: timetable, venues and rooms, seats, admission tickets, attendance."""
