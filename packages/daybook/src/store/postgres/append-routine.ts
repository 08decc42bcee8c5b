// The one routine by which appends enter: heads locked in order, each append judged, then all written behind the last lock.

import { newer } from './shared-routines.ts'

/** What SQLSTATE says when a batch must come again: with all its heads, or because a session was opened meanwhile. */
export const again = Object.freeze({ heads: 'DB002', appeared: 'DB003' })

/** A session as the routine holds it: locked, and ahead of the table by the appends that were judged. */
export const heldType = `CREATE TYPE daybook.held_code AS (
  sid bigint, base bigint, base_seq bigint, system boolean, gone_at bigint,
  place int, owner text, readers text[], listed_place int, listed_owner text, listed_readers text[], lists bigint[],
  seq bigint, hash text, refolds bigint, last_pos bigint, fence bigint, holder text, lease_until bigint,
  moved boolean, touched int, headed boolean, behind int)`

/** The heads as they come; columns of the facets have their numbers. */
const headColumns = `given(i int, s int, t text, d text, fo bigint, la text, st smallint, at smallint, du bigint,
    f0 text, f1 text, f2 text, f3 text, f4 text, f5 text)`

/**
 * Keys of the JSON texts are short, for there are many: `batch.ts` makes them and says what they mean. Answers are
 * joined by spaces, one per append: `k`, `k:fence`, `r:first:last` for a repeat, `code:seq` for a refusal.
 */
export const appendRoutine = `CREATE FUNCTION daybook.append_code(
  p_writer bigint, p_number bigint, p_now bigint, p_wait int, p_names boolean, p_sessions text, p_askers text,
  p_keys text, p_appends text, p_entries text, p_heads text) RETURNS text LANGUAGE plpgsql VOLATILE
  SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $routine$
DECLARE
  held daybook.held_code[];
  r daybook.held_code;
  b daybook.held_code;
  a record;
  h record;
  w record;
  now_ms bigint;
  tenants text[];
  ids text[];
  sids bigint[];
  starts int[];
  answers text[];
  known_first bigint[];
  known_last bigint[];
  known_digest text[];
  list_ids bigint[] := '{}';
  list_ns int[] := '{}';
  first_fence bigint;
  subjects text[];
  asker int := -1;
  refused boolean;
  code text;
  free boolean;
  taken int := 0;
  moves boolean := false;
  pos bigint;
  after bigint[];
  answer text;
BEGIN
  -- As enter_code does. An expression costs a tenth of a statement, so what can be one is.
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'daybook needs the isolation level read committed' USING ERRCODE = 'DB004';
  END IF;
  code := set_config('lock_timeout', p_wait::text, true);
  IF current_setting('synchronous_commit') = 'off' THEN code := set_config('synchronous_commit', 'local', true); END IF;
  free := pg_advisory_xact_lock_shared(lock_number, 2) IS NULL;
  -- A batch whose answer was lost may still be running: its second coming waits for it.
  free := pg_advisory_xact_lock(p_writer) IS NULL;
  SELECT ${newer},
    (SELECT t.answer FROM daybook.batches t WHERE t.writer = p_writer AND t.number = p_number) INTO refused, answer;
  IF refused THEN RAISE EXCEPTION 'a newer daybook has changed the store' USING ERRCODE = 'DB005'; END IF;
  IF answer IS NOT NULL THEN RETURN answer; END IF;

  FOR w IN SELECT n.n, n.t, s.sid, s.base, s.base_seq, s.system, s.gone_at, s.place, s.owner, s.readers, s.lists, s.seq,
      s.hash, s.refolds, s.last_pos, s.fence, s.holder, s.lease_until
    FROM json_to_recordset(p_sessions::json) AS n(n int, t text, i text)
    JOIN daybook.sessions s ON s.tenant = n.t AND s.id = n.i ORDER BY s.sid FOR UPDATE OF s
  LOOP
    held[w.n] := ROW(w.sid, w.base, w.base_seq, w.system, w.gone_at, w.place, w.owner, w.readers,
      w.place, w.owner, w.readers, w.lists, w.seq, w.hash, w.refolds, w.last_pos, w.fence, w.holder, w.lease_until,
      false, NULL, NULL, NULL)::daybook.held_code;
    tenants[w.n] := w.t;
    sids[w.n] := w.sid;
  END LOOP;
  IF p_names THEN
    -- What several sessions share (names, blobs, ids to come) is judged under the last lock already.
    PERFORM daybook.hold_dependants_code((SELECT array_agg(sids[x.s]) FROM json_to_recordset(p_appends::json) AS x(s int, er json)
      WHERE x.er IS NOT NULL), 1);
    PERFORM daybook.lock_code();
    FOR w IN SELECT n.n, n.t, n.i, s.sid FROM json_to_recordset(p_sessions::json) AS n(n int, t text, i text)
      LEFT JOIN daybook.sessions s ON s.tenant = n.t AND s.id = n.i
    LOOP
      IF w.sid IS DISTINCT FROM sids[w.n] THEN
        RAISE EXCEPTION 'a session appeared meanwhile' USING ERRCODE = '${again.appeared}';
      END IF;
      tenants[w.n] := w.t;
      ids[w.n] := w.i;
    END LOOP;
    SELECT m.v::bigint INTO first_fence FROM daybook.meta m WHERE m.k = 'fence';
  END IF;
  -- Behind the locks: a lease that ran out while this waited is out.
  now_ms := coalesce(p_now, daybook.now_code());
  IF p_keys IS NOT NULL THEN
    FOR w IN SELECT k.k, e.key_digest, e.seq AS first, e.key_last AS last
      FROM json_to_recordset(p_keys::json) AS k(k int, s int, i text)
      JOIN daybook.entries e ON e.sid = sids[k.s] AND e.key = k.i
      UNION ALL SELECT k.k, o.key_digest, o.first, o.last
      FROM json_to_recordset(p_keys::json) AS k(k int, s int, i text)
      JOIN daybook.old_keys o ON o.sid = sids[k.s] AND o.key = k.i
    LOOP
      known_first[w.k] := w.first;
      known_last[w.k] := w.last;
      known_digest[w.k] := w.key_digest;
    END LOOP;
  END IF;

  FOR a IN SELECT * FROM json_to_recordset(p_appends::json) AS x(i int, s int, q int, e bigint, p text, n int, f bigint,
    l bigint, h text, x int, rf bigint, o text, rd text[], pl int, hd boolean, k int, kd text, fe bigint, ho text,
    tt float8, rl boolean, bs int, bq bigint, er json, nr json, nb json, nf bigint, c text, y boolean)
  LOOP
    r := held[a.s];
    code := NULL;
    IF a.q <> asker THEN
      asker := a.q;
      subjects := (p_askers::json ->> asker)::text[];
    END IF;
    IF r.sid IS NULL THEN
      IF a.e <> 0 THEN
        code := 'not_found';
      ELSE
        IF a.bs IS NOT NULL THEN
          b := held[a.bs];
          IF b.sid IS NULL OR NOT daybook.visible_code(subjects, b.owner, b.readers) THEN code := 'not_found';
          ELSIF b.gone_at IS NOT NULL THEN code := 'gone';
          ELSIF a.bq IS NULL OR a.bq < 1 OR a.bq > b.seq THEN code := 'invalid';
          ELSIF daybook.hash_code(b.sid, a.bq) IS DISTINCT FROM a.p THEN code := 'conflict';
          END IF;
        END IF;
        IF code IS NOT NULL THEN NULL;
        ELSIF a.x & 3 <> 2 OR a.rf <> 0 THEN code := 'invalid';
        ELSIF a.fe IS NOT NULL THEN code := 'fenced';
        ELSIF a.nr IS NOT NULL OR a.nb IS NOT NULL THEN
          code := daybook.names_code(tenants[a.s], NULL, a.nr, a.nb);
        END IF;
      END IF;
      IF code IS NOT NULL THEN
        answers[a.i] := code || ':0';
        CONTINUE;
      END IF;
      r := ROW(nextval('daybook.sids'), b.sid, coalesce(a.bq, 0), a.y, NULL, NULL, a.o, a.rd, NULL, NULL, NULL, '{}',
        0, '', 0, 0, first_fence, NULL, NULL, true, NULL, NULL, NULL)::daybook.held_code;
      IF a.bs IS NULL THEN r.base := NULL; END IF;
      sids[a.s] := r.sid;
    ELSE
      IF NOT daybook.visible_code(subjects, r.owner, r.readers) THEN
        answers[a.i] := CASE WHEN a.e <> 0 THEN 'not_found:0' WHEN r.gone_at IS NULL THEN 'exists:0' ELSE 'gone:0' END;
        CONTINUE;
      END IF;
      IF a.k IS NOT NULL AND known_first[a.k] IS NOT NULL THEN
        answers[a.i] := CASE WHEN known_digest[a.k] = a.kd THEN 'r:' || known_first[a.k] || ':' || known_last[a.k]
          ELSE 'key_reused:' || r.seq END;
        CONTINUE;
      END IF;
      IF r.gone_at IS NOT NULL THEN code := 'gone';
      ELSIF a.x & 1 <> 0 THEN code := 'invalid';
      ELSIF a.fe <> r.fence THEN code := 'fenced';
      ELSIF a.ho IS NOT NULL AND r.holder <> a.ho AND r.lease_until > now_ms THEN code := 'busy';
      ELSIF a.e = 0 THEN code := 'exists';
      ELSIF a.bs IS NOT NULL THEN code := 'invalid';
      ELSIF a.e <> r.seq OR a.p <> r.hash THEN code := 'conflict';
      ELSIF a.er IS NOT NULL AND EXISTS (SELECT 1 FROM json_array_elements_text(a.er) x
        WHERE x::bigint <= r.base_seq OR x::bigint > r.seq) THEN code := 'invalid';
      ELSIF a.rf <> r.refolds THEN code := 'conflict';
      ELSIF a.x & 4 <> 0 AND r.place = 2 THEN code := 'trashed';
      ELSIF a.nr IS NOT NULL OR a.nb IS NOT NULL THEN code := daybook.names_code(tenants[a.s], r.sid, a.nr, a.nb);
      END IF;
      IF code IS NOT NULL THEN
        answers[a.i] := code || ':' || r.seq;
        CONTINUE;
      END IF;
    END IF;
    r.seq := a.l;
    r.hash := a.h;
    r.place := a.pl;
    r.owner := a.o;
    r.readers := a.rd;
    r.touched := a.i;
    r.moved := r.listed_place IS DISTINCT FROM r.place OR r.listed_owner IS DISTINCT FROM r.owner
      OR r.listed_readers IS DISTINCT FROM r.readers;
    moves := moves OR r.moved;
    r.headed := a.hd;
    starts[a.i] := taken;
    taken := taken + a.n;
    r.behind := taken;
    IF a.er IS NOT NULL THEN r.refolds := r.refolds + 1; END IF;
    IF a.k IS NOT NULL THEN
      known_first[a.k] := a.f;
      known_last[a.k] := a.l;
      known_digest[a.k] := a.kd;
    END IF;
    IF a.rl AND r.holder IS NOT NULL THEN
      r.fence := r.fence + 1;
      r.holder := NULL;
      r.lease_until := NULL;
    END IF;
    IF a.ho IS NOT NULL THEN
      IF r.holder IS DISTINCT FROM a.ho THEN r.fence := r.fence + 1; END IF;
      r.holder := a.ho;
      r.lease_until := ceil(now_ms + a.tt);
      answers[a.i] := 'k:' || r.fence;
    ELSE
      answers[a.i] := 'k';
    END IF;
    IF a.nr IS NOT NULL OR a.nb IS NOT NULL THEN
      PERFORM daybook.bind_code(tenants[a.s], r.sid, a.nr, a.nb, coalesce(a.nf, a.f), a.l);
    END IF;
    IF a.c IS NOT NULL THEN
      INSERT INTO daybook.cells VALUES (r.sid, a.c) ON CONFLICT (sid) DO UPDATE SET body = excluded.body;
    END IF;
    held[a.s] := r;
  END LOOP;

  answer := array_to_string(answers, ' ');
  IF taken = 0 THEN RETURN answer; END IF;
  FOREACH r IN ARRAY held LOOP
    IF r.touched IS NOT NULL AND NOT r.headed THEN
      RAISE EXCEPTION 'a head was left out that is needed' USING ERRCODE = '${again.heads}';
    END IF;
  END LOOP;
  IF NOT p_names THEN free := pg_advisory_xact_lock(lock_number, 1) IS NULL; END IF;
  pos := nextval('daybook.positions');
  IF taken > 1 THEN PERFORM setval('daybook.positions', pos + taken - 1); END IF;
  INSERT INTO daybook.entries
    SELECT pos + starts[e.a] + e.o, sids[e.s], e.q, e.k, e.v, e.t, e.w, e.r, e.c, e.ki, e.kd, e.kl, e.d, e.h, e.b
    FROM json_to_recordset(p_entries::json) AS e(a int, s int, o int, q bigint, k smallint, v int, t bigint, w text, r text,
      c bigint, ki text, kd text, kl bigint, d text, h text, b text) WHERE starts[e.a] IS NOT NULL;
  -- Sessions that stay in their lists are written together.
  UPDATE daybook.listed l SET last_pos = pos + x.behind - 1
    FROM (SELECT u.behind, u.last_pos, n.list FROM unnest(held) AS u CROSS JOIN LATERAL unnest(u.lists) AS n(list)
      WHERE u.touched IS NOT NULL AND NOT u.moved OFFSET 0) AS x WHERE l.list = x.list AND l.last_pos = x.last_pos;
  UPDATE daybook.sessions s SET seq = (x.r).seq, hash = (x.r).hash, last_pos = pos + (x.r).behind - 1, fold = x.fo,
      refolds = (x.r).refolds, fence = (x.r).fence, holder = (x.r).holder, lease_until = (x.r).lease_until, due = x.du,
      status = x.st, attention = x.at, label = x.la, head = x.d, agent = x.f0, "user" = x.f1, team = x.f2,
      workflow = x.f3, branch = x.f4, repository = x.f5
    FROM (SELECT given.*, held[given.s] AS r FROM json_to_recordset(p_heads::json) AS ${headColumns} OFFSET 0) AS x
    WHERE s.sid = (x.r).sid AND (x.r).touched = x.i AND NOT (x.r).moved;
  IF moves THEN
    FOR h IN SELECT given.*, held[given.s] AS r FROM json_to_recordset(p_heads::json) AS ${headColumns}
    LOOP
      r := h.r;
      CONTINUE WHEN NOT coalesce(r.touched = h.i AND r.moved, false);
      after := daybook.lists_code(h.t, r.system, r.place, r.owner, r.readers);
      PERFORM daybook.move_code(r.sid, r.lists, after, r.last_pos, pos + r.behind - 1);
      list_ids := list_ids || after || r.lists;
      list_ns := list_ns || array_fill(1, ARRAY[cardinality(after)]) || array_fill(-1, ARRAY[cardinality(r.lists)]);
      INSERT INTO daybook.sessions(sid, tenant, id, tail, system, place, owner, readers, base, base_seq, seq, hash,
        last_pos, fold, refolds, fence, holder, lease_until, due, status, attention, reach, agent, "user", team, workflow,
        branch, repository, lists, label, head)
      VALUES (r.sid, h.t, ids[h.s], CASE WHEN NOT r.system THEN reverse(lower(ids[h.s] COLLATE "C")) END, r.system, r.place,
        r.owner, r.readers, r.base, r.base_seq, r.seq, r.hash, pos + r.behind - 1, h.fo, r.refolds, r.fence, r.holder,
        r.lease_until, h.du, h.st, h.at, 0, h.f0, h.f1, h.f2, h.f3, h.f4, h.f5, after, h.la, h.d)
      ON CONFLICT (sid) DO UPDATE SET seq = r.seq, hash = r.hash, last_pos = excluded.last_pos, fold = h.fo,
        refolds = r.refolds, fence = r.fence, holder = r.holder, lease_until = r.lease_until, due = h.du, status = h.st,
        attention = h.at, place = r.place, owner = r.owner, readers = r.readers, lists = after, label = h.la, head = h.d,
        agent = h.f0, "user" = h.f1, team = h.f2, workflow = h.f3, branch = h.f4, repository = h.f5;
    END LOOP;
    PERFORM daybook.count_code(list_ids, list_ns);
  END IF;
  IF p_names THEN
    FOR a IN SELECT x.s, x.er FROM json_to_recordset(p_appends::json) AS x(i int, s int, er json)
      WHERE x.er IS NOT NULL AND starts[x.i] IS NOT NULL
    LOOP
      PERFORM daybook.erase_code(sids[a.s], ARRAY(SELECT x::bigint FROM json_array_elements_text(a.er) x));
    END LOOP;
  END IF;
  INSERT INTO daybook.batches VALUES (p_writer, p_number, now_ms, answer);
  -- Enough are kept that one on a connection long given up finds itself answered.
  IF p_number % 50 = 0 THEN DELETE FROM daybook.batches t WHERE t.writer = p_writer AND t.number < p_number - 100; END IF;
  RETURN answer;
END $routine$`
