"""Where things are kept: MongoDB, the object store, keys, the outbox and the audit chain. Only this room sees the drivers."""
