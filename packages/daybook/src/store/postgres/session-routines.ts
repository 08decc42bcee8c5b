// Routines for one session at a time: deleting, folding again, leases, marks, snapshots.

/** The session as `r`, locked, when the asker sees it and it is not deleted. */
const living = `SELECT * INTO r FROM daybook.sessions s WHERE s.tenant = p_tenant AND s.id = p_id AND s.gone_at IS NULL
    AND daybook.visible_code(p_subjects, s.owner, s.readers) FOR UPDATE`

const who = 'p_tenant text, p_subjects text[], p_id text'

export const sessionRoutines: readonly string[] = [
  // Answers as appends are answered. `p_again`: it was sent before, and whether it was committed is unknown.
  `CREATE FUNCTION daybook.delete_code(${who}, p_wait int, p_now bigint, p_again boolean, p_invalid boolean, p_expect bigint,
    p_prev text, p_entry text, p_key text, p_digest text, p_head text, p_owner text, p_readers text[], p_fold bigint)
    RETURNS text LANGUAGE plpgsql VOLATILE AS $routine$
DECLARE
  r daybook.sessions;
  e record;
  k record;
  code text;
  pos bigint;
  now_ms bigint;
BEGIN
  PERFORM daybook.enter_code(p_wait);
  SELECT * INTO r FROM daybook.sessions s WHERE s.tenant = p_tenant AND s.id = p_id
    AND daybook.visible_code(p_subjects, s.owner, s.readers) FOR UPDATE;
  IF NOT FOUND THEN RETURN 'not_found:0'; END IF;
  SELECT * INTO e FROM json_to_record(p_entry::json) AS x(q bigint, k smallint, v int, t bigint, w text, r text, c bigint,
    d text, h text, b text);
  IF p_again AND r.gone_at IS NOT NULL AND r.hash = e.h THEN RETURN 'k'; END IF;
  IF p_key IS NOT NULL THEN
    SELECT t.key_digest AS digest, t.seq AS first, t.key_last AS last INTO k FROM daybook.entries t
      WHERE t.sid = r.sid AND t.key = p_key AND r.gone_at IS NULL
      UNION ALL SELECT o.key_digest, o.first, o.last FROM daybook.old_keys o WHERE o.sid = r.sid AND o.key = p_key;
    IF FOUND THEN
      RETURN CASE WHEN k.digest = p_digest THEN 'r:' || k.first || ':' || k.last ELSE 'key_reused:' || r.seq END;
    END IF;
  END IF;
  now_ms := coalesce(p_now, daybook.now_code());
  IF r.gone_at IS NOT NULL THEN code := 'gone';
  ELSIF p_invalid THEN code := 'invalid';
  ELSIF r.holder IS NOT NULL AND r.lease_until > now_ms THEN code := 'busy';
  ELSIF p_expect <> r.seq OR p_prev <> r.hash THEN code := 'conflict';
  END IF;
  IF code IS NOT NULL THEN RETURN code || ':' || r.seq; END IF;
  PERFORM daybook.lock_code();
  pos := nextval('daybook.positions');
  INSERT INTO daybook.entries VALUES (pos, r.sid, e.q, e.k, e.v, e.t, e.w, e.r, e.c, p_key, p_digest,
    CASE WHEN p_key IS NOT NULL THEN e.q END, e.d, e.h, e.b);
  PERFORM daybook.move_code(r.sid, r.lists, '{}', r.last_pos, pos);
  PERFORM daybook.count_code(r.lists, array_fill(-1, ARRAY[cardinality(r.lists)]));
  UPDATE daybook.sessions s SET seq = e.q, hash = e.h, last_pos = pos, fold = p_fold, gone_at = now_ms, place = 3,
    owner = p_owner, readers = p_readers, lists = '{}', label = '', head = p_head, holder = NULL, lease_until = NULL,
    due = NULL, status = NULL, attention = NULL, agent = NULL, "user" = NULL, team = NULL, workflow = NULL, branch = NULL,
    repository = NULL, reach = daybook.reach_code(r.sid) WHERE s.sid = r.sid RETURNING s.* INTO r;
  INSERT INTO daybook.old_keys SELECT t.sid, t.key, t.key_digest, t.seq, t.key_last FROM daybook.entries t
    WHERE t.sid = r.sid AND t.key IS NOT NULL;
  DELETE FROM daybook.cells t WHERE t.sid = r.sid;
  DELETE FROM daybook.snapshots t WHERE t.sid = r.sid;
  DELETE FROM daybook.marks t WHERE t.sid = r.sid;
  DELETE FROM daybook.refs t WHERE t.sid = r.sid AND t.type NOT LIKE 'foreign%';
  PERFORM daybook.cut_code(r.sid, r.reach, r.seq);
  RETURN 'k';
END $routine$`,

  `CREATE FUNCTION daybook.refold_code(${who}, p_wait int, p_seq bigint, p_hash text, p_head text, p_cell text, p_fold bigint,
    p_place int, p_owner text, p_readers text[], p_label text, p_status int, p_attention int, p_due bigint, p_facets text[])
    RETURNS boolean LANGUAGE plpgsql VOLATILE AS $routine$
DECLARE
  r daybook.sessions;
  after bigint[];
BEGIN
  PERFORM daybook.enter_code(p_wait);
  ${living};
  IF NOT FOUND OR r.seq <> p_seq OR r.hash <> p_hash THEN RETURN false; END IF;
  PERFORM daybook.lock_code();
  after := daybook.lists_code(p_tenant, r.system, p_place, p_owner, p_readers);
  PERFORM daybook.move_code(r.sid, r.lists, after, r.last_pos, r.last_pos);
  PERFORM daybook.count_code(after || r.lists,
    array_fill(1, ARRAY[cardinality(after)]) || array_fill(-1, ARRAY[cardinality(r.lists)]));
  UPDATE daybook.sessions s SET fold = p_fold, refolds = r.refolds + 1, place = p_place, owner = p_owner,
    readers = p_readers, label = p_label, status = p_status, attention = p_attention, due = p_due, lists = after,
    head = left(p_head, -1) || ',"refolds":' || (r.refolds + 1) || '}', agent = p_facets[1], "user" = p_facets[2],
    team = p_facets[3], workflow = p_facets[4], branch = p_facets[5], repository = p_facets[6] WHERE s.sid = r.sid;
  IF p_cell IS NOT NULL THEN
    INSERT INTO daybook.cells VALUES (r.sid, p_cell) ON CONFLICT (sid) DO UPDATE SET body = excluded.body;
  END IF;
  RETURN true;
END $routine$`,

  // The fence; null where there is none to have.
  `CREATE FUNCTION daybook.lease_code(${who}, p_wait int, p_now bigint, p_what text, p_holder text, p_fence bigint,
    p_ttl float8) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $routine$
DECLARE
  r daybook.sessions;
  now_ms bigint;
BEGIN
  PERFORM daybook.enter_code(p_wait);
  ${living};
  IF NOT FOUND THEN RETURN NULL; END IF;
  now_ms := coalesce(p_now, daybook.now_code());
  IF p_what = 'acquire' THEN
    IF r.holder <> p_holder AND r.lease_until > now_ms THEN RETURN NULL; END IF;
    IF r.holder IS DISTINCT FROM p_holder THEN r.fence := r.fence + 1; END IF;
    r.holder := p_holder;
  ELSIF r.holder IS DISTINCT FROM p_holder OR r.fence <> p_fence THEN
    RETURN NULL;
  ELSIF p_what = 'release' THEN
    r.fence := r.fence + 1;
    r.holder := NULL;
  END IF;
  UPDATE daybook.sessions s SET fence = r.fence, holder = r.holder,
    lease_until = CASE WHEN r.holder IS NOT NULL THEN ceil(now_ms + p_ttl) END WHERE s.sid = r.sid;
  RETURN r.fence;
END $routine$`,

  // Whether it was stored; null where there is no such session.
  `CREATE FUNCTION daybook.mark_code(${who}, p_wait int, p_again boolean, p_subject text, p_version bigint, p_pinned bigint,
    p_body text) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $routine$
DECLARE
  r daybook.sessions;
  m daybook.marks;
BEGIN
  PERFORM daybook.enter_code(p_wait);
  ${living};
  IF NOT FOUND THEN RETURN NULL; END IF;
  SELECT * INTO m FROM daybook.marks t WHERE t.sid = r.sid AND t.subject = p_subject;
  IF p_again AND m.body = p_body THEN RETURN true; END IF;
  IF coalesce(m.version, 0) <> p_version THEN RETURN false; END IF;
  INSERT INTO daybook.marks VALUES (r.sid, p_subject, p_tenant, p_version + 1, p_pinned, p_body)
    ON CONFLICT (sid, subject) DO UPDATE SET version = excluded.version, pinned = excluded.pinned, body = excluded.body;
  RETURN true;
END $routine$`,

  // A snapshot folded before a text was erased may hold it, and is let go. A null head drops all of them.
  `CREATE FUNCTION daybook.snapshot_code(${who}, p_wait int, p_seq bigint, p_fold bigint, p_refolds bigint, p_head text,
    p_cell text) RETURNS void LANGUAGE plpgsql VOLATILE AS $routine$
DECLARE
  r daybook.sessions;
BEGIN
  PERFORM daybook.enter_code(p_wait);
  ${living};
  IF NOT FOUND THEN RETURN; END IF;
  IF p_head IS NULL THEN
    DELETE FROM daybook.snapshots t WHERE t.sid = r.sid;
  ELSIF r.refolds = p_refolds THEN
    INSERT INTO daybook.snapshots VALUES (r.sid, p_fold, p_seq, p_head, p_cell)
      ON CONFLICT (sid, fold, seq) DO UPDATE SET head = excluded.head, cell = excluded.cell;
  END IF;
END $routine$`,
]
