"""What comes in: registrations of calls, their recordings and call logs; identity, idempotency, tombstones."""
