"""What must survive the night: the outbox, the journal, the replica and the sending; a library of its own."""
