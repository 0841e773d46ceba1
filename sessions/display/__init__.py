"""How stored messages are shown to a person. No Django here."""
