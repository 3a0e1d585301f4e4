"""Appeals (申诉) of cadres against decisions about them, and their review by somebody else."""
