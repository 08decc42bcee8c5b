// Routines that take away what nobody can reach any more, a piece at a time.

import { kinds } from '../../schema/kinds.ts'

const day = 24 * 60 * 60 * 1000
/** Deleted sessions, and blobs, that one commit looks at. */
export const piece = 200

export const sweepRoutines: readonly string[] = [
  // The highest seq that living forks read through this session, directly or through deleted forks.
  `CREATE FUNCTION daybook.reach_code(p_sid bigint) RETURNS bigint LANGUAGE sql VOLATILE AS $routine$
    SELECT coalesce(max(CASE WHEN s.gone_at IS NULL THEN s.base_seq ELSE least(s.base_seq, s.reach) END), 0)
    FROM daybook.sessions s WHERE s.base = p_sid $routine$`,

  // Drops the own entries of a deleted session that no living fork reads, but not its last one; returns how many.
  `CREATE FUNCTION daybook.cut_code(p_sid bigint, p_reach bigint, p_seq bigint) RETURNS bigint LANGUAGE plpgsql VOLATILE
    AS $routine$
DECLARE
  n bigint;
BEGIN
  DELETE FROM daybook.blob_refs b WHERE b.sid = p_sid AND b.first > p_reach;
  WITH gone AS (DELETE FROM daybook.entries e WHERE e.sid = p_sid AND e.seq > p_reach AND e.seq < p_seq RETURNING e.pos),
    told AS (UPDATE daybook.counted c SET n = c.n - (SELECT count(*) FROM gone WHERE gone.pos <= c.pos) RETURNING 1)
  SELECT count(*) INTO n FROM gone;
  RETURN n;
END $routine$`,

  // Deleted sessions from the newest down, so that each finds its forks settled. Answers tombstones, entries, next.
  `CREATE FUNCTION daybook.sweep_code(p_wait int, p_now bigint, p_below bigint, p_kept bigint) RETURNS bigint[]
    LANGUAGE plpgsql VOLATILE AS $routine$
DECLARE
  now_ms bigint;
  chosen bigint[];
  r daybook.sessions;
  reached bigint;
  named boolean;
  dropped bigint;
  tombstones bigint := 0;
  entries bigint := 0;
BEGIN
  PERFORM daybook.enter_code(p_wait);
  chosen := ARRAY(SELECT s.sid FROM daybook.sessions s WHERE s.gone_at IS NOT NULL AND s.sid < coalesce(p_below, s.sid + 1)
    ORDER BY s.sid DESC LIMIT ${piece});
  PERFORM 1 FROM daybook.sessions s WHERE s.sid = ANY (chosen) ORDER BY s.sid FOR UPDATE;
  PERFORM daybook.lock_code();
  now_ms := coalesce(p_now, daybook.now_code());
  FOR r IN SELECT * FROM daybook.sessions s WHERE s.sid = ANY (chosen) ORDER BY s.sid DESC LOOP
    reached := daybook.reach_code(r.sid);
    named := r.id IS NOT NULL;
    IF named AND r.gone_at + p_kept <= now_ms THEN
      DELETE FROM daybook.old_keys t WHERE t.sid = r.sid;
      DELETE FROM daybook.refs t WHERE t.sid = r.sid;
      WITH gone AS (DELETE FROM daybook.entries e WHERE e.sid = r.sid AND e.seq = r.seq AND e.kind = ${kinds['session.deleted'].number}
        RETURNING e.pos)
      UPDATE daybook.counted c SET n = c.n - (SELECT count(*) FROM gone WHERE gone.pos <= c.pos);
      UPDATE daybook.sessions s SET freed = s.id, id = NULL, tail = NULL WHERE s.sid = r.sid;
      -- Above, not at: the last holder may still be writing when its id comes back.
      UPDATE daybook.meta m SET v = greatest(m.v::bigint, r.fence + 1)::text WHERE m.k = 'fence';
      tombstones := tombstones + 1;
      named := false;
    END IF;
    dropped := daybook.cut_code(r.sid, reached, r.seq);
    entries := entries + dropped;
    IF reached <> r.reach THEN UPDATE daybook.sessions s SET reach = reached WHERE s.sid = r.sid; END IF;
    -- A row that ends before its forks stays, for theirs point to it.
    IF NOT named AND NOT EXISTS (SELECT 1 FROM daybook.sessions s WHERE s.base = r.sid) THEN
      DELETE FROM daybook.sessions s WHERE s.sid = r.sid;
    END IF;
  END LOOP;
  RETURN ARRAY[tombstones, entries, CASE WHEN cardinality(chosen) = ${piece} THEN chosen[${piece}] END];
END $routine$`,

  // How many blobs went; fewer than a piece means that there are no more.
  `CREATE FUNCTION daybook.sweep_blobs_code(p_wait int, p_now bigint) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $routine$
DECLARE
  now_ms bigint;
  n bigint;
BEGIN
  PERFORM daybook.enter_code(p_wait);
  now_ms := coalesce(p_now, daybook.now_code());
  PERFORM daybook.lock_code();
  WITH gone AS (DELETE FROM daybook.blobs b WHERE b.blob IN (SELECT x.blob FROM daybook.blobs x WHERE x.at + ${day} <= now_ms
      AND NOT EXISTS (SELECT 1 FROM daybook.blob_refs f WHERE f.tenant = x.tenant AND f.hash = x.hash) LIMIT ${piece}
      FOR UPDATE SKIP LOCKED) RETURNING 1)
  SELECT count(*) INTO n FROM gone;
  RETURN n;
END $routine$`,

  // Answers of long ago, and how far entries need not be counted again.
  `CREATE FUNCTION daybook.tidy_code(p_wait int, p_now bigint) RETURNS void LANGUAGE plpgsql VOLATILE AS $routine$
BEGIN
  PERFORM daybook.enter_code(p_wait);
  PERFORM daybook.lock_code();
  DELETE FROM daybook.batches b WHERE b.at + ${day} <= coalesce(p_now, daybook.now_code());
  UPDATE daybook.counted c SET n = c.n + (SELECT count(*) FROM daybook.entries e WHERE e.pos > c.pos),
    pos = greatest(c.pos, coalesce((SELECT max(e.pos) FROM daybook.entries e), 0));
END $routine$`,
]
