"""What the server does, without HTTP: functions that take a session in a transaction, and values."""
