-- Every event that was seen of a message, once. What identifies an event is its message, its source and its
-- fingerprint, a digest of (state, detail, error_code, observed_at): 8x8 gives events no id.
CREATE TABLE events (
    umid TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT,
    detail TEXT,
    error_code BIGINT,
    observed_at TEXT,
    received_at TEXT NOT NULL,
    content_type TEXT,
    raw BYTEA,
    callback_due TEXT,
    PRIMARY KEY (umid, fingerprint)
);
CREATE INDEX events_awaiting_callback ON events (callback_due) WHERE callback_due IS NOT NULL;
CREATE INDEX events_with_raw_body ON events (received_at) WHERE raw IS NOT NULL;

-- One row for each message: the greatest of its events by (rank, place, observed_at, error_code, detail,
-- state, source), and what else is known of it. A message whose send was not answered has no umid yet; it is
-- kept under its client_message_id in lost_id, which is empty for all others.
CREATE TABLE standings (
    umid TEXT NOT NULL,
    lost_id TEXT NOT NULL,
    outcome TEXT NOT NULL,
    rank BIGINT NOT NULL,
    place BIGINT NOT NULL,
    observed_at TEXT,
    error_code BIGINT,
    detail TEXT,
    state TEXT,
    source TEXT NOT NULL,
    client_message_id TEXT,
    batch_id TEXT,
    client_batch_id TEXT,
    sub_account_id TEXT,
    destination TEXT,
    sender TEXT,
    parts BIGINT,
    price TEXT,
    sent_at TEXT,
    reason TEXT,
    first_seen_at TEXT NOT NULL,
    given_up_at TEXT,
    PRIMARY KEY (umid, lost_id)
);
CREATE INDEX standings_by_client_message_id ON standings (client_message_id);
CREATE INDEX standings_open ON standings ((COALESCE(sent_at, first_seen_at)))
    WHERE rank < 6 AND given_up_at IS NULL;

-- Bodies that could not be read, as they came. The id is a digest of the body.
CREATE TABLE quarantine (
    id TEXT NOT NULL PRIMARY KEY,
    received_at TEXT NOT NULL,
    reason TEXT NOT NULL,
    content_type TEXT,
    raw BYTEA NOT NULL
);
CREATE INDEX quarantine_by_time ON quarantine (received_at);

-- Stretches of time in which a receiver was up; what lies between two of them is an outage.
CREATE TABLE uptime (
    started_at TEXT NOT NULL PRIMARY KEY,
    last_at TEXT NOT NULL
);

-- The next free moment for a status request of each sub-account, in seconds since 1970.
CREATE TABLE status_slots (
    sub_account_id TEXT NOT NULL PRIMARY KEY,
    reserved_at DOUBLE PRECISION NOT NULL,
    next_at DOUBLE PRECISION NOT NULL
);
