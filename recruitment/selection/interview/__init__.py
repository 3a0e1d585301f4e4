"""The interview: groups, the draw, score sheets entered twice, and the medical list that follows."""
