"""Big projects of natural conversations, made quickly: to try pages and queries at the size they must serve.

What is written is what the real paths would have left behind: numbers without gaps, cursors, tasks in order, links,
history, the ledger. It goes in by COPY, past the models; tests hold that both agree.
"""
