"""Stories about people who are told what happened to their account, and take it back."""
