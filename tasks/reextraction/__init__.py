"""Reading a session a second time: a proposal, a look at what it would change, and the exchange in one transaction."""
