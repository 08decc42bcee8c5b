// The layout of a store in PostgreSQL. `daybook.` stands for the schema of the store, whatever it is called.

/** Raised with every change of the layout; `migrations.ts` then gains a step. */
export const format = 1

export const placeNumbers = Object.freeze({ open: 0, archived: 1, trash: 2, deleted: 3 })

/**
 * As in SQLite, with these differences:
 * - A head has room beside it (fillfactor), so that an append that moves no label writes no index of `sessions`.
 * - `lists` of a session are the numbers of the lists it stands in: its move finds their rows by key.
 * - Positions come from a sequence, taken under the last lock of a commit, so they become visible in their order.
 * - `batches` has the answers of the last commits of each process: one whose answer was lost is asked for again.
 * - `counted` has how many entries there are up to a position; only those behind it are counted anew.
 * - Bytes of blobs are cut into chunks of 256 KiB.
 */
export const ddl = `
CREATE TABLE daybook.meta(k text PRIMARY KEY, v text NOT NULL);
CREATE SEQUENCE daybook.sids CACHE 1;
CREATE SEQUENCE daybook.positions CACHE 1;
CREATE TABLE daybook.sessions(
  sid bigint PRIMARY KEY,
  tenant text COLLATE "C" NOT NULL, id text COLLATE "C", freed text COLLATE "C", tail text COLLATE "C",
  system boolean NOT NULL, place smallint NOT NULL, owner text COLLATE "C" NOT NULL, readers text[] COLLATE "C",
  base bigint, base_seq bigint NOT NULL,
  seq bigint NOT NULL, hash text COLLATE "C" NOT NULL, last_pos bigint NOT NULL, fold bigint NOT NULL,
  refolds bigint NOT NULL,
  fence bigint NOT NULL, holder text COLLATE "C", lease_until bigint,
  due bigint, status smallint, attention smallint, gone_at bigint, reach bigint NOT NULL,
  agent text COLLATE "C", "user" text COLLATE "C", team text COLLATE "C", workflow text COLLATE "C",
  branch text COLLATE "C", repository text COLLATE "C",
  lists bigint[] NOT NULL, label text COLLATE "C" NOT NULL, head text NOT NULL) WITH (fillfactor = 70);
CREATE UNIQUE INDEX s_id ON daybook.sessions(tenant, id) WHERE id IS NOT NULL;
CREATE INDEX s_tail ON daybook.sessions(tenant, tail) WHERE tail IS NOT NULL;
CREATE INDEX s_base ON daybook.sessions(base) WHERE base IS NOT NULL;
CREATE INDEX s_due ON daybook.sessions(due) WHERE due IS NOT NULL;
CREATE INDEX s_gone ON daybook.sessions(sid) WHERE gone_at IS NOT NULL;
CREATE INDEX s_system ON daybook.sessions(sid) WHERE system;
CREATE INDEX s_status ON daybook.sessions(tenant, status) WHERE status IS NOT NULL;
CREATE INDEX s_attention ON daybook.sessions(tenant, attention) WHERE attention IS NOT NULL;
CREATE INDEX s_agent ON daybook.sessions(tenant, agent) WHERE agent IS NOT NULL;
CREATE INDEX s_user ON daybook.sessions(tenant, "user") WHERE "user" IS NOT NULL;
CREATE INDEX s_team ON daybook.sessions(tenant, team) WHERE team IS NOT NULL;
CREATE INDEX s_workflow ON daybook.sessions(tenant, workflow) WHERE workflow IS NOT NULL;
CREATE INDEX s_branch ON daybook.sessions(tenant, branch) WHERE branch IS NOT NULL;
CREATE INDEX s_repository ON daybook.sessions(tenant, repository) WHERE repository IS NOT NULL;
CREATE TABLE daybook.lists(
  list bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  tenant text COLLATE "C" NOT NULL, subject text COLLATE "C" NOT NULL, place smallint NOT NULL, n bigint NOT NULL,
  UNIQUE (tenant, subject, place)) WITH (fillfactor = 50);
CREATE TABLE daybook.listed(
  list bigint NOT NULL, last_pos bigint NOT NULL, sid bigint NOT NULL, PRIMARY KEY (list, last_pos));
CREATE TABLE daybook.entries(
  pos bigint PRIMARY KEY,
  sid bigint NOT NULL, seq bigint NOT NULL, kind smallint NOT NULL, v integer NOT NULL, at bigint NOT NULL,
  actor text NOT NULL, run text, cause bigint,
  key text COLLATE "C", key_digest text COLLATE "C", key_last bigint,
  data_hash text NOT NULL, hash text COLLATE "C" NOT NULL, body text);
CREATE UNIQUE INDEX e_seq ON daybook.entries(sid, seq);
CREATE UNIQUE INDEX e_key ON daybook.entries(sid, key) WHERE key IS NOT NULL;
CREATE INDEX e_rare ON daybook.entries(sid, kind, seq) WHERE kind >= 16 AND (kind < 32 OR kind > 71);
CREATE INDEX e_work ON daybook.entries(sid, seq, kind) WHERE kind >= 32 AND kind <= 71;
CREATE TABLE daybook.old_keys(
  sid bigint NOT NULL, key text COLLATE "C" NOT NULL, key_digest text COLLATE "C" NOT NULL,
  first bigint NOT NULL, last bigint NOT NULL, PRIMARY KEY (sid, key));
CREATE TABLE daybook.cells(sid bigint PRIMARY KEY, body text NOT NULL);
CREATE TABLE daybook.refs(
  tenant text COLLATE "C" NOT NULL, type text COLLATE "C" NOT NULL, value text COLLATE "C" NOT NULL,
  sid bigint NOT NULL, PRIMARY KEY (tenant, type, value));
CREATE INDEX r_sid ON daybook.refs(sid);
CREATE TABLE daybook.marks(
  sid bigint NOT NULL, subject text COLLATE "C" NOT NULL, tenant text COLLATE "C" NOT NULL, version bigint NOT NULL,
  pinned bigint, body text NOT NULL, PRIMARY KEY (sid, subject));
CREATE INDEX m_pinned ON daybook.marks(tenant, subject, pinned, sid) WHERE pinned IS NOT NULL;
CREATE TABLE daybook.blobs(
  blob bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, tenant text COLLATE "C" NOT NULL, hash text COLLATE "C" NOT NULL,
  size bigint NOT NULL, at bigint NOT NULL, UNIQUE (tenant, hash));
CREATE TABLE daybook.chunks(
  blob bigint NOT NULL REFERENCES daybook.blobs ON DELETE CASCADE, n integer NOT NULL, bytes bytea NOT NULL,
  PRIMARY KEY (blob, n));
ALTER TABLE daybook.chunks ALTER COLUMN bytes SET STORAGE EXTERNAL;
CREATE TABLE daybook.blob_refs(
  tenant text COLLATE "C" NOT NULL, hash text COLLATE "C" NOT NULL, sid bigint NOT NULL,
  first bigint NOT NULL, last bigint NOT NULL, PRIMARY KEY (tenant, hash, sid, first));
CREATE INDEX br_sid ON daybook.blob_refs(sid, first);
CREATE TABLE daybook.snapshots(
  sid bigint NOT NULL, fold bigint NOT NULL, seq bigint NOT NULL, head text NOT NULL, cell text NOT NULL,
  PRIMARY KEY (sid, fold, seq));
CREATE TABLE daybook.batches(
  writer bigint NOT NULL, number bigint NOT NULL, at bigint NOT NULL, answer text NOT NULL,
  PRIMARY KEY (writer, number));
CREATE INDEX b_at ON daybook.batches(at);
CREATE TABLE daybook.counted(pos bigint NOT NULL, n bigint NOT NULL);
INSERT INTO daybook.counted VALUES (0, 0);
`
