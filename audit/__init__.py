"""The auditor's commands: they read the ledger, the raw store and the releases, and write nothing."""
