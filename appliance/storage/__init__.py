"""What must survive a power cut: the journal of the core, the records made of it, and the page's few secrets.

One SQLite file, one writing connection, numbered migrations (`schema/NNNN.sql`).
"""
