"""How the ledger of runs is shown to people: filters, totals, causes of failure, and operations in words."""
