"""Where things are kept: MongoDB, object store, keys, outbox, audit chain. Only this room sees the drivers."""
