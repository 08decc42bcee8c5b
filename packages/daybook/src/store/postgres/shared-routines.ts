// Routines that the others are made of: locks, rights, names, lists, erasing. `lock_number` is replaced per schema.

import { everybody } from './text.ts'

/** Whether the store holds more than those understand whose routine this is. An expression: a call would cost more than it. */
export const newer = `EXISTS (SELECT 1 FROM daybook.meta m WHERE CASE m.k WHEN 'format' THEN m.v::bigint > format_known
    WHEN 'kinds' THEN m.v::bigint > kinds_known ELSE false END)`

export const sharedRoutines: readonly string[] = [
  // Milliseconds since 1970 by the clock of the server.
  `CREATE FUNCTION daybook.now_code() RETURNS bigint LANGUAGE sql VOLATILE
    AS $routine$SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint$routine$`,

  // The first lock of all that write: nobody lifts the schema while this transaction lasts, or this waits for it.
  // Each statement must see what was committed before it, or what stands behind a lock is not seen.
  `CREATE FUNCTION daybook.enter_code(p_wait int) RETURNS void LANGUAGE plpgsql VOLATILE AS $routine$
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'daybook needs the isolation level read committed' USING ERRCODE = 'DB004';
  END IF;
  PERFORM set_config('lock_timeout', p_wait::text, true);
  PERFORM pg_advisory_xact_lock_shared(lock_number, 2);
  IF ${newer} THEN
    RAISE EXCEPTION 'a newer daybook has changed the store' USING ERRCODE = 'DB005';
  END IF;
  IF current_setting('synchronous_commit') = 'off' THEN PERFORM set_config('synchronous_commit', 'local', true); END IF;
END $routine$`,

  // The last lock of every commit: whoever has it waits for no other, and nobody reads positions out of their order.
  `CREATE FUNCTION daybook.lock_code() RETURNS void LANGUAGE sql VOLATILE
    AS $routine$SELECT pg_advisory_xact_lock(lock_number, 1)$routine$`,

  `CREATE FUNCTION daybook.visible_code(p_subjects text[], p_owner text, p_readers text[]) RETURNS boolean
    LANGUAGE sql IMMUTABLE AS $routine$
    SELECT p_subjects IS NULL OR p_owner = ANY (p_subjects) OR coalesce(p_readers && p_subjects, false) $routine$`,

  // The hash of entry seq in the log of a session, through its bases.
  `CREATE FUNCTION daybook.hash_code(p_sid bigint, p_seq bigint) RETURNS text LANGUAGE sql VOLATILE AS $routine$
    WITH RECURSIVE up(sid, base, base_seq) AS (
      SELECT s.sid, s.base, s.base_seq FROM daybook.sessions s WHERE s.sid = p_sid
      UNION ALL SELECT s.sid, s.base, s.base_seq FROM up JOIN daybook.sessions s ON s.sid = up.base
      WHERE p_seq <= up.base_seq)
    SELECT e.hash FROM up JOIN daybook.entries e ON e.sid = up.sid AND e.seq = p_seq WHERE p_seq > up.base_seq
  $routine$`,

  `CREATE FUNCTION daybook.names_code(p_tenant text, p_sid bigint, p_refs json, p_blobs json) RETURNS text
    LANGUAGE plpgsql VOLATILE AS $routine$
BEGIN
  IF p_refs IS NOT NULL AND EXISTS (SELECT 1 FROM json_to_recordset(p_refs) AS n(t text, v text)
    JOIN daybook.refs f ON f.tenant = p_tenant AND f.type = n.t AND f.value = n.v
    WHERE n.t <> 'branch' AND f.sid IS DISTINCT FROM p_sid) THEN RETURN 'ref_taken'; END IF;
  IF p_blobs IS NOT NULL AND EXISTS (SELECT 1 FROM json_array_elements_text(p_blobs) AS n(h)
    WHERE NOT EXISTS (SELECT 1 FROM daybook.blobs b WHERE b.tenant = p_tenant AND b.hash = n.h)) THEN
    RETURN 'blob_missing';
  END IF;
  RETURN NULL;
END $routine$`,

  `CREATE FUNCTION daybook.bind_code(p_tenant text, p_sid bigint, p_refs json, p_blobs json, p_first bigint, p_last bigint)
    RETURNS void LANGUAGE plpgsql VOLATILE AS $routine$
BEGIN
  IF p_refs IS NOT NULL THEN
    INSERT INTO daybook.refs SELECT DISTINCT p_tenant, n.t, n.v, p_sid FROM json_to_recordset(p_refs) AS n(t text, v text)
      ON CONFLICT (tenant, type, value) DO UPDATE SET sid = excluded.sid;
  END IF;
  IF p_blobs IS NOT NULL THEN
    INSERT INTO daybook.blob_refs SELECT DISTINCT p_tenant, n.h, p_sid, p_first, p_last
      FROM json_array_elements_text(p_blobs) AS n(h);
  END IF;
END $routine$`,

  // The lists in which a session belongs; none for system sessions and tombstones.
  `CREATE FUNCTION daybook.lists_code(p_tenant text, p_system boolean, p_place int, p_owner text, p_readers text[])
    RETURNS bigint[] LANGUAGE plpgsql VOLATILE AS $routine$
DECLARE
  found bigint[] := '{}';
  one bigint;
  who text;
BEGIN
  IF p_system OR p_place = 3 THEN RETURN found; END IF;
  FOR who IN SELECT DISTINCT x FROM unnest(ARRAY['${everybody}', p_owner] || coalesce(p_readers, '{}')) x LOOP
    SELECT l.list INTO one FROM daybook.lists l WHERE l.tenant = p_tenant AND l.subject = who AND l.place = p_place;
    IF one IS NULL THEN
      INSERT INTO daybook.lists(tenant, subject, place, n) VALUES (p_tenant, who, p_place, 0) RETURNING list INTO one;
    END IF;
    found := found || one;
  END LOOP;
  RETURN found;
END $routine$`,

  `CREATE FUNCTION daybook.move_code(p_sid bigint, p_before bigint[], p_after bigint[], p_from bigint, p_to bigint)
    RETURNS void LANGUAGE plpgsql VOLATILE AS $routine$
BEGIN
  DELETE FROM daybook.listed l WHERE l.list = ANY (p_before) AND l.last_pos = p_from AND l.list <> ALL (p_after);
  UPDATE daybook.listed l SET last_pos = p_to WHERE l.list = ANY (p_before) AND l.last_pos = p_from;
  INSERT INTO daybook.listed SELECT x, p_to, p_sid FROM unnest(p_after) x WHERE x <> ALL (p_before);
END $routine$`,

  // Where a session joined lists (1) and left others (-1).
  `CREATE FUNCTION daybook.count_code(p_lists bigint[], p_changes int[]) RETURNS void LANGUAGE plpgsql VOLATILE AS $routine$
DECLARE
  w record;
BEGIN
  FOR w IN SELECT x.list, sum(x.n) AS n FROM unnest(p_lists, p_changes) AS x(list, n) GROUP BY x.list HAVING sum(x.n) <> 0
  LOOP
    UPDATE daybook.lists l SET n = l.n + w.n WHERE l.list = w.list;
  END LOOP;
END $routine$`,

  // Locks every session that reads one of these through forks, in order, until no further one is found.
  `CREATE FUNCTION daybook.hold_dependants_code(p_sids bigint[], p_seq bigint) RETURNS void LANGUAGE plpgsql VOLATILE
    AS $routine$
DECLARE
  known bigint[] := p_sids;
  more bigint[];
BEGIN
  WHILE known IS NOT NULL LOOP
    WITH RECURSIVE down(sid) AS (
      SELECT s.sid FROM daybook.sessions s WHERE s.base = ANY (p_sids) AND s.base_seq >= p_seq
      UNION SELECT s.sid FROM down JOIN daybook.sessions s ON s.base = down.sid AND s.base_seq >= p_seq)
    SELECT array_agg(down.sid ORDER BY down.sid) INTO more FROM down WHERE down.sid <> ALL (known);
    EXIT WHEN more IS NULL;
    PERFORM 1 FROM daybook.sessions s WHERE s.sid = ANY (more) ORDER BY s.sid FOR UPDATE;
    known := known || more;
  END LOOP;
END $routine$`,

  // A head is JSON text, and its last name of two equal ones counts: so it is changed without being read.
  `CREATE FUNCTION daybook.erase_code(p_sid bigint, p_seqs bigint[]) RETURNS void LANGUAGE plpgsql VOLATILE AS $routine$
DECLARE
  lowest bigint := (SELECT min(x) FROM unnest(p_seqs) x);
  highest bigint := (SELECT max(x) FROM unnest(p_seqs) x);
  forks bigint[];
BEGIN
  UPDATE daybook.entries e SET body = NULL WHERE e.sid = p_sid AND e.seq = ANY (p_seqs);
  DELETE FROM daybook.blob_refs b WHERE b.sid = p_sid AND b.first <= highest AND b.last >= lowest AND NOT EXISTS (
    SELECT 1 FROM daybook.entries e WHERE e.sid = p_sid AND e.seq BETWEEN b.first AND b.last AND e.body IS NOT NULL);
  forks := ARRAY(WITH RECURSIVE down(sid) AS (
    SELECT s.sid FROM daybook.sessions s WHERE s.base = p_sid AND s.base_seq >= lowest
    UNION SELECT s.sid FROM down JOIN daybook.sessions s ON s.base = down.sid AND s.base_seq >= lowest)
    SELECT down.sid FROM down);
  DELETE FROM daybook.snapshots n WHERE (n.sid = p_sid OR n.sid = ANY (forks)) AND n.seq >= lowest;
  UPDATE daybook.sessions s SET fold = 0, refolds = s.refolds + 1,
    head = left(s.head, -1) || ',"fold":0,"refolds":' || (s.refolds + 1) || '}'
    WHERE s.sid = ANY (forks) AND s.gone_at IS NULL;
END $routine$`,
]
