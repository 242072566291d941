"""Stories about passwords that are forgotten."""
