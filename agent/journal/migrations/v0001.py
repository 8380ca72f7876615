"""Version 1: events, blobs, heads, checkpoints, postings."""

STATEMENTS = (
    """CREATE TABLE events (
        stream TEXT NOT NULL, seq {integer} NOT NULL, at {integer} NOT NULL, kind TEXT NOT NULL,
        body TEXT NOT NULL, blobs TEXT NOT NULL, prev TEXT NOT NULL, hash TEXT NOT NULL,
        PRIMARY KEY (stream, seq)
    ) {strict}""",
    "CREATE TABLE blobs (sha256 TEXT NOT NULL PRIMARY KEY, raw {blob} NOT NULL) {strict}",
    """CREATE TABLE heads (
        stream TEXT NOT NULL PRIMARY KEY, seq {integer} NOT NULL, hash TEXT NOT NULL, checkpoint TEXT NOT NULL
    ) {strict}""",
    """CREATE TABLE checkpoints (
        stream TEXT NOT NULL PRIMARY KEY, seq {integer} NOT NULL, state TEXT NOT NULL
    ) {strict}""",
    """CREATE TABLE postings (
        stream TEXT NOT NULL, seq {integer} NOT NULL, number {integer} NOT NULL,
        kind TEXT NOT NULL, ref TEXT NOT NULL, at {integer} NOT NULL,
        account TEXT NOT NULL, asset TEXT NOT NULL, amount TEXT NOT NULL,
        PRIMARY KEY (stream, seq, number),
        FOREIGN KEY (stream, seq) REFERENCES events (stream, seq)
    ) {strict}""",
)
