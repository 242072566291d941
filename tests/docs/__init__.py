"""The docs say what the code says, and their links lead somewhere."""
