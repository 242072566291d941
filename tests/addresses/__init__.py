"""Stories about e-mail addresses."""
