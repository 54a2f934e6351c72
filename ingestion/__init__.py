"""Reading a delivered edition: files into answers, as text with their origin; codebooks, raw store and ledger."""
