"""Mail: outbox, ways out, commands, development mailbox."""
