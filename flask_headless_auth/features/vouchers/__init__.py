"""Vouchers: one-time secrets for one purpose each, such as the link in a mail.

It has no endpoints of its own. Other features issue a voucher, hand its token to one person, and redeem it.

- A voucher is redeemed by one conditional statement: of any number of parallel tries one succeeds.
- The database has only digests of tokens and codes, and what a voucher stands for is sealed.
- A short code has five tries, counted before it is looked at.
"""
