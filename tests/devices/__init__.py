"""Stories about devices that are known, and new ones that are told of."""
