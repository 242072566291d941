"""Stories in a real Chromium and with the generated TypeScript client."""
