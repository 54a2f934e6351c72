"""PostgreSQL as a serving database: a release copied into it in one transaction, and who may see what of it there."""
