// Finding in the shapes of the wire, the same for servers and for command lines without one.

import { uniqueTail } from '../schema/ids.ts'
import { moment, sessionOf } from '../schema/wire.ts'
import type { FindQuery, HitListShape } from '../schema/wire-search.ts'
import type { FindQuestion, Found, Hit } from './search.ts'

export function questionOf(query: FindQuery): FindQuestion {
  const { q, agent_id, user_id, owner, repository, branch, session_id, kind, since, until, file, limit, cursor } = query
  return {
    ...(q === undefined ? {} : { q }),
    ...(agent_id === undefined ? {} : { agent: agent_id }),
    ...(user_id === undefined ? {} : { user: user_id }),
    ...(owner === undefined ? {} : { owner }),
    ...(repository === undefined ? {} : { repository }),
    ...(branch === undefined ? {} : { branch }),
    ...(session_id === undefined ? {} : { session: session_id }),
    ...(kind === undefined ? {} : { kinds: kind }),
    ...(since === undefined ? {} : { since: Date.parse(since) }),
    ...(until === undefined ? {} : { until: Date.parse(until) }),
    ...(file === undefined ? {} : { file }),
    ...(limit === undefined ? {} : { limit }),
    ...(cursor === undefined ? {} : { cursor }),
  }
}

export function hitListOf({ hits, sessions, total, totalIs, matched, complete, cursor }: Found): HitListShape {
  const ids = [...sessions.keys()]
  return {
    hits: hits.map(hitOf),
    sessions: [...sessions.values()].map((head) => sessionOf(head, uniqueTail(head.session, ids))),
    total,
    total_is: totalIs,
    matched,
    complete,
    cursor,
  }
}

function hitOf({ session, seq, kind, at, actor, score, snippet }: Hit): HitListShape['hits'][number] {
  const { field, text, start, length, marks } = snippet
  return {
    session_id: session,
    seq,
    kind,
    at: moment(at),
    actor,
    score: Number(score.toPrecision(6)),
    snippet: { field, text, start, length, marks: marks.map((mark) => ({ ...mark })) },
  }
}
