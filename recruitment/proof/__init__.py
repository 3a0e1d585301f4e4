"""Did it reach the person: the life of every notice, shown to whoever has to answer for it."""
