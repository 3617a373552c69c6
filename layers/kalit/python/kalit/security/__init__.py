"""What happened to locks and accounts, and who did it: so far the audit log."""
