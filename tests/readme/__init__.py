"""Every code block of the documentation runs: the README published with version 0.x, and today's.

original.md   the README published with version 0.x, byte for byte
blocks.py     reads the fenced blocks out of a Markdown file
scenarios.py  what is done with each block of original.md: a table
workshop.py   a folder of its own and a process of its own for each of them
drive.py      the programs that run inside such a process, beside the snippet
visitor.py    somebody who uses the API: signs up, logs in, looks, logs out
page.py       what a page of a front end does: the `fetch` calls of a snippet
loopback/     a `sitecustomize` that keeps those processes on this machine
"""
