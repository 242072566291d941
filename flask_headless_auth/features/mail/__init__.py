"""Mail: an outbox that loses nothing, and the ways out of it.

A mail is a row in the transaction of the change that causes it. It is delivered right behind the commit by a
thread of the process, and by `flask auth deliver`. It has no operations; under development keys
`/dev/mailbox` shows what would have been sent.

- A request never waits for a mail server, and a mail server that is down loses nothing.
- What a mail says is sealed in the database and erased once it is sent.
- A mail whose link is over is not sent any more.
"""
