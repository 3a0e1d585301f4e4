"""Prefectures, counties, townships and communities of Sichuan."""
