// The layout of a daybook file. `pos` is the global position of an entry, `sid` a session inside the file.

/** Raised with every change of the layout; `migrations.ts` then gains a step. */
export const format = 1

export const placeNumbers = Object.freeze({ open: 0, archived: 1, trash: 2, deleted: 3 })

/**
 * - `sessions.id` is NULL, and `freed` has it, once a deleted session's id is free again while forks reach its entries.
 * - `tail` is the id in lower case, reversed, so that an ending is a prefix.
 * - Kinds of work are indexed by seq: by kind, each entry of a run would go to a page of its own.
 * - `status` is NULL for idle and `attention` NULL for none: most sessions are in neither index.
 * - `reach` is the seq up to which living forks read a deleted session.
 * - `lists` numbers the lists (tenant, subject, place) and counts them; `listed` holds one row per list and session.
 * - A key stands on the first entry of its append; `old_keys` has those of deleted sessions.
 */
export const ddl = `
CREATE TABLE meta(k TEXT PRIMARY KEY, v TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE sessions(
  sid INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant TEXT NOT NULL, id TEXT, freed TEXT, tail TEXT,
  system INTEGER NOT NULL, place INTEGER NOT NULL, owner TEXT NOT NULL, readers TEXT,
  base INTEGER REFERENCES sessions(sid), base_seq INTEGER NOT NULL,
  seq INTEGER NOT NULL, hash TEXT NOT NULL, last_pos INTEGER NOT NULL, fold INTEGER NOT NULL,
  refolds INTEGER NOT NULL,
  fence INTEGER NOT NULL, holder TEXT, lease_until INTEGER,
  due INTEGER, status INTEGER, attention INTEGER, gone_at INTEGER, reach INTEGER NOT NULL,
  agent TEXT, user TEXT, team TEXT, workflow TEXT, branch TEXT, repository TEXT,
  label TEXT NOT NULL, head TEXT NOT NULL) STRICT;
CREATE UNIQUE INDEX s_id ON sessions(tenant, id) WHERE id IS NOT NULL;
CREATE INDEX s_tail ON sessions(tenant, tail) WHERE tail IS NOT NULL;
CREATE INDEX s_base ON sessions(base) WHERE base IS NOT NULL;
CREATE INDEX s_due ON sessions(due) WHERE due IS NOT NULL;
CREATE INDEX s_gone ON sessions(gone_at) WHERE gone_at IS NOT NULL;
CREATE INDEX s_status ON sessions(tenant, status) WHERE status IS NOT NULL;
CREATE INDEX s_attention ON sessions(tenant, attention) WHERE attention IS NOT NULL;
CREATE INDEX s_agent ON sessions(tenant, agent) WHERE agent IS NOT NULL;
CREATE INDEX s_user ON sessions(tenant, user) WHERE user IS NOT NULL;
CREATE INDEX s_team ON sessions(tenant, team) WHERE team IS NOT NULL;
CREATE INDEX s_workflow ON sessions(tenant, workflow) WHERE workflow IS NOT NULL;
CREATE INDEX s_branch ON sessions(tenant, branch) WHERE branch IS NOT NULL;
CREATE INDEX s_repository ON sessions(tenant, repository) WHERE repository IS NOT NULL;
CREATE TABLE lists(
  list INTEGER PRIMARY KEY, tenant TEXT NOT NULL, subject TEXT NOT NULL, place INTEGER NOT NULL, n INTEGER NOT NULL,
  UNIQUE(tenant, subject, place)) STRICT;
CREATE TABLE listed(
  list INTEGER NOT NULL, last_pos INTEGER NOT NULL, sid INTEGER NOT NULL,
  PRIMARY KEY(list, last_pos)) STRICT, WITHOUT ROWID;
CREATE TABLE entries(
  pos INTEGER PRIMARY KEY AUTOINCREMENT,
  sid INTEGER NOT NULL, seq INTEGER NOT NULL, kind INTEGER NOT NULL, v INTEGER NOT NULL, at INTEGER NOT NULL,
  actor TEXT NOT NULL, run TEXT, cause INTEGER, key TEXT, key_digest TEXT, key_last INTEGER,
  data_hash TEXT NOT NULL, hash TEXT NOT NULL, body TEXT) STRICT;
CREATE UNIQUE INDEX e_seq ON entries(sid, seq);
CREATE UNIQUE INDEX e_key ON entries(sid, key) WHERE key IS NOT NULL;
CREATE INDEX e_rare ON entries(sid, kind, seq) WHERE kind >= 16 AND (kind < 32 OR kind > 71);
CREATE INDEX e_work ON entries(sid, seq, kind) WHERE kind >= 32 AND kind <= 71;
CREATE TABLE old_keys(
  sid INTEGER NOT NULL, key TEXT NOT NULL, key_digest TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
  PRIMARY KEY(sid, key)) STRICT, WITHOUT ROWID;
CREATE TABLE cells(sid INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
CREATE TABLE refs(
  tenant TEXT NOT NULL, type TEXT NOT NULL, value TEXT NOT NULL, sid INTEGER NOT NULL,
  PRIMARY KEY(tenant, type, value)) STRICT, WITHOUT ROWID;
CREATE INDEX r_sid ON refs(sid);
CREATE TABLE marks(
  sid INTEGER NOT NULL, subject TEXT NOT NULL, tenant TEXT NOT NULL, version INTEGER NOT NULL, pinned INTEGER,
  body TEXT NOT NULL, PRIMARY KEY(sid, subject)) STRICT, WITHOUT ROWID;
CREATE INDEX m_pinned ON marks(tenant, subject, pinned, sid) WHERE pinned IS NOT NULL;
CREATE TABLE blobs(
  blob INTEGER PRIMARY KEY, tenant TEXT NOT NULL, hash TEXT NOT NULL, size INTEGER NOT NULL, at INTEGER NOT NULL,
  bytes BLOB, UNIQUE(tenant, hash)) STRICT;
CREATE INDEX b_beside ON blobs(hash) WHERE bytes IS NULL;
CREATE TABLE blob_refs(
  tenant TEXT NOT NULL, hash TEXT NOT NULL, sid INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
  PRIMARY KEY(tenant, hash, sid, first)) STRICT, WITHOUT ROWID;
CREATE INDEX br_sid ON blob_refs(sid, first);
CREATE TABLE snapshots(
  sid INTEGER NOT NULL, fold INTEGER NOT NULL, seq INTEGER NOT NULL, head TEXT NOT NULL, cell TEXT NOT NULL,
  UNIQUE(sid, fold, seq)) STRICT;
`
