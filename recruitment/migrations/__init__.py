"""The steps by which a database reaches the shape that the models describe."""
