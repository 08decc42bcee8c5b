// Planted bugs in reading: scopes, ranges, forks, feed, lists, due.

import type { FeedItem, Range } from '../../store.ts'
import { aroundAppends, eachAppend, force, type Plant, rowOf, verbs } from './frame.ts'

const scopes: readonly Plant[] = [
  {
    bug: 'reading asks nobody who they are',
    caughtBy: 'A person who is neither owner nor reader is blind and harmless with every verb',
    plant: verbs((_, __, scope, store) => ({
      read: (session, range) => store.within({ ...scope, subjects: 'all' }).read(session, range),
    })),
  },
  {
    bug: 'refs lead anybody of the tenant to their session',
    caughtBy: 'A ref of a session that the scope does not see is taken all the same, and leads nowhere',
    plant: verbs((_, __, scope, store) => ({
      locate: (ref) => store.within({ ...scope, subjects: 'all' }).locate(ref),
    })),
  },
  {
    bug: 'tenants share blobs',
    caughtBy: 'Another tenant is blind and harmless with every verb, even in the scope of all',
    plant: verbs((inner, state) => ({
      blobs: {
        ...inner.blobs,
        async size(hash) {
          const sizes = [...state.tenants.values()].flatMap((tenant) => tenant.blobs.get(hash)?.bytes.length ?? [])
          return sizes[0] ?? null
        },
      },
    })),
  },
  {
    bug: 'whoever once saw a session sees it for ever',
    caughtBy: 'A reader sees and writes from the append on that names them, and no longer after the one that does not',
    plant: (store, state) => {
      const seen = new Set<string>()
      return verbs((inner, _, scope, whole) => ({
        async read(session, range) {
          const key = JSON.stringify([scope, session])
          if (await inner.head(session)) seen.add(key)
          return seen.has(key) ? whole.within({ ...scope, subjects: 'all' }).read(session, range) : []
        },
      }))(store, state)
    },
  },
  {
    bug: 'a scope keeps the list of subjects it was given',
    caughtBy: 'A scope cannot be widened after it was given',
    plant: (store) => ({
      ...store,
      within: (scope) => new Proxy(store.within(scope), { get: (_, name) => bound(store.within(scope), name) }),
    }),
  },
  {
    bug: 'a scope drops the subjects that are too many',
    caughtBy: 'A scope names at most 16 subjects',
    plant: (store) => ({
      ...store,
      within: ({ tenant, subjects }) =>
        store.within({ tenant, subjects: subjects === 'all' ? subjects : subjects.slice(0, 16) }),
    }),
  },
  {
    bug: 'system sessions are in the feeds of persons',
    caughtBy: 'System sessions are in no list, and only in the feeds of the store and of all',
    plant: verbs((inner, state, scope) => ({
      async feed(cursor, limit) {
        for (const row of state.rows) force(row, { system: false })
        const page = await inner.feed(cursor, limit)
        for (const row of state.rows) force(row, { system: row.id.startsWith('@') })
        return scope.subjects === 'all' ? inner.feed(cursor, limit) : page
      },
    })),
  },
]

function bound(target: object, name: string | symbol): unknown {
  const own: unknown = Reflect.get(target, name)
  return typeof own === 'function' ? own.bind(target) : own
}

const ranges = 'Every combination of after, until, order, limit and kinds selects what it says'
const forkRanges = 'Forks and forks of forks read every range over the bounds of their bases'

function reads(change: (range: Range) => Range): Plant['plant'] {
  return verbs((inner) => ({ read: (session, range = {}) => inner.read(session, change(range)) }))
}

const logs: readonly Plant[] = [
  {
    bug: 'until leaves out its own seq',
    caughtBy: ranges,
    plant: reads((range) => (range.until ? { ...range, until: range.until - 1 } : range)),
  },
  {
    bug: 'after includes its own seq',
    caughtBy: ranges,
    plant: reads((range) => (range.after ? { ...range, after: range.after - 1 } : range)),
  },
  {
    bug: 'the limit is taken before the order is turned',
    caughtBy: 'The last 50 of 5,000 entries come newest first, and pages join without a gap',
    plant: verbs((inner) => ({
      async read(session, range = {}) {
        if (range.order !== 'desc') return inner.read(session, range)
        return [...(await inner.read(session, { ...range, order: 'asc' }))].reverse()
      },
    })),
  },
  {
    bug: 'kinds are ignored',
    caughtBy: 'Rare kinds are found among many messages',
    plant: reads(({ kinds: _, ...range }) => range),
  },
  {
    bug: "a fork reads past its base's seq",
    caughtBy: forkRanges,
    plant: verbs((inner, state, scope) => ({
      async read(session, range) {
        const row = rowOf(state, scope, session)
        const own = await inner.read(session, range)
        if (!row?.base || row.base.gone) return own
        const past = new Map((await inner.read(row.base.id, range)).map((entry) => [entry.seq, entry]))
        return own.map((entry) => past.get(entry.seq) ?? entry)
      },
    })),
  },
  {
    bug: 'a fork of a fork reads only one base down',
    caughtBy: forkRanges,
    plant: verbs((inner, state, scope) => ({
      async read(session, range) {
        const base = rowOf(state, scope, session)?.base
        return (await inner.read(session, range)).filter((entry) => !base || entry.seq > base.baseSeq)
      },
    })),
  },
  {
    bug: 'a deleted base takes its entries along',
    caughtBy: 'A deleted base is read by its forks, and by nobody else',
    plant: verbs((inner, state, scope) => ({
      async delete(session, deletion) {
        const row = rowOf(state, scope, session)
        const outcome = await inner.delete(session, deletion)
        force(row, { entries: [], rare: [] })
        return outcome
      },
    })),
  },
  {
    bug: 'fork pointers are ids',
    caughtBy: 'When the id of a deleted base is opened anew, old forks go on reading the old entries',
    plant: aroundAppends(async (append, write, _, state) => {
      const outcome = await write(append)
      for (const row of state.rows) {
        const base = row.base && row.tenant.rows.get(row.base.id)
        if (base) force(row, { base })
      }
      return outcome
    }),
  },
  {
    bug: 'a fork shows the cell of its base',
    caughtBy: 'Cell, keys, refs, marks, snapshots, leases and due are not inherited',
    plant: verbs((inner, state, scope) => ({
      async cell(session) {
        const base = rowOf(state, scope, session)?.base
        return base ? inner.cell(base.id) : inner.cell(session)
      },
    })),
  },
  {
    bug: 'a fork of a seq that the base does not have is opened',
    caughtBy: 'A fork of what is not there is refused: unknown, past the end, on another chain, deleted',
    plant: eachAppend((append, _, state) => {
      const base = append.base && state.rows.find((row) => row.id === append.base?.session)
      return base && append.base && append.base.seq > base.head.seq && append.expect === 0
        ? {
            ...append,
            base: { ...append.base, seq: base.head.seq },
            entries: append.entries.map((entry) => ({ ...entry, seq: base.head.seq + 1 })),
            head: { ...append.head, seq: base.head.seq + 1 },
          }
        : append
    }),
  },
]

function feeds(change: (items: readonly FeedItem[]) => readonly FeedItem[]): Plant['plant'] {
  return (store) => ({
    ...store,
    async feed(cursor, limit) {
      const page = await store.feed(cursor, limit)
      return { ...page, items: change(page.items) }
    },
  })
}

const feed: readonly Plant[] = [
  {
    bug: 'cursors of the feed are one too low',
    caughtBy: 'The feed resumes behind each of its cursors, with every page size',
    plant: feeds((items) => items.map((item) => ({ ...item, cursor: String(Number(item.cursor) - 1) }))),
  },
  {
    bug: 'cursors of the feed are one too high',
    caughtBy: 'The feed resumes behind each of its cursors, with every page size',
    plant: (store, state) =>
      feeds((items) =>
        items.map((item) => ({ ...item, cursor: String(Math.min(Number(item.cursor) + 1, state.feedRows.length)) })),
      )(store, state),
  },
  {
    bug: 'the feed is ordered by session',
    caughtBy: 'Every entry is in the feed once, in the order of the commits',
    plant: feeds((items) => items.toSorted((a, b) => (a.session < b.session ? -1 : a.session > b.session ? 1 : 0))),
  },
  {
    bug: 'the cursor of a scope stays before what it does not see',
    caughtBy: 'A cursor moves over what the scope does not see',
    plant: verbs((inner) => ({
      async feed(cursor, limit) {
        const page = await inner.feed(cursor, limit)
        return { ...page, cursor: page.items.at(-1)?.cursor ?? cursor ?? '0' }
      },
    })),
  },
  {
    bug: 'every entry of the feed carries a head',
    caughtBy: 'The present head comes with the newest entry of each session in the page, and only with it',
    plant: (store, state) =>
      feeds((items) =>
        items.map((item) => ({
          ...item,
          head: rowOf(state, { tenant: item.tenant, subjects: 'all' }, item.session)?.head ?? missing(),
        })),
      )(store, state),
  },
  {
    bug: 'the feed has entries of refused appends',
    caughtBy: 'Refused appends leave no trace in the feed',
    plant: aroundAppends(async (append, write, row, state) => {
      const outcome = await write(append)
      if (!outcome.ok && row) {
        state.feedRows.push(row)
        state.feedSeqs.push(outcome.seq)
      }
      return outcome
    }),
  },
]

function missing(): never {
  throw new Error('the session of an entry is there')
}

const lists: readonly Plant[] = [
  {
    bug: 'list cursors are offsets',
    caughtBy: 'While sessions move, each untouched one is listed exactly once: newest first, 1 subject(s)',
    plant: verbs((inner) => ({
      async list(query = {}) {
        const { cursor, limit = 50, ...rest } = query
        const start = Number(cursor ?? 0)
        const whole = await inner.list({ ...rest, limit: 1000 })
        const more = whole.items.length > start + limit
        return { ...whole, items: whole.items.slice(start, start + limit), cursor: more ? String(start + limit) : null }
      },
    })),
  },
  {
    bug: 'an append does not move its session in the list',
    caughtBy: 'Sessions are listed by their last entry, newest first, or oldest first',
    plant: aroundAppends(async (append, write, row) => {
      const before = row?.position
      const outcome = await write(append)
      if (row && before !== undefined) {
        row.tenant.lists.remove(row, row.head, row.position)
        row.position = before
        row.tenant.lists.add(row, row.head, before)
      }
      return outcome
    }),
  },
  {
    bug: 'the list of open sessions has the trash too',
    caughtBy: 'Each place has its own list, and a session is in exactly one',
    plant: verbs((inner) => ({
      async list(query = {}) {
        const page = await inner.list(query)
        if (query.place) return page
        const { items } = await inner.list({ ...query, place: 'trash' })
        return { ...page, items: [...page.items, ...items] }
      },
    })),
  },
  {
    bug: 'the total is that of the page',
    caughtBy: "The total of one's own unfiltered list is exact on every page and follows every move",
    plant: verbs((inner) => ({
      async list(query) {
        const page = await inner.list(query)
        return { ...page, total: page.items.length }
      },
    })),
  },
  {
    bug: 'a session of two subjects is listed twice',
    caughtBy: 'The union of two subjects counts no session twice',
    plant: verbs((inner, _, scope, store) => ({
      async list(query) {
        const page = await inner.list(query)
        if (scope.subjects === 'all' || scope.subjects.length < 2) return page
        const pages = await Promise.all(
          scope.subjects.map((subject) => store.within({ ...scope, subjects: [subject] }).list(query)),
        )
        return { ...page, items: pages.flatMap(({ items }) => items) }
      },
    })),
  },
  {
    bug: 'the search for a text minds the case',
    caughtBy: 'A text is found in name or title, letters of any language in any case, and nothing in it is a pattern',
    plant: verbs((inner) => ({
      async list(query = {}) {
        const page = await inner.list(query)
        const { text } = query
        const has = (line: string | null) => text === undefined || line?.includes(text)
        return { ...page, items: page.items.filter((head) => has(head.name) || has(head.title)) }
      },
    })),
  },
  {
    bug: 'a tail is found anywhere in the id',
    caughtBy: 'A tail finds whole ids that end so, letters in any case',
    plant: verbs((inner) => ({
      async list(query = {}) {
        const { tail, ...rest } = query
        const page = await inner.list(rest)
        const part = tail?.toLowerCase() ?? ''
        return { ...page, items: page.items.filter((head) => head.session.toLowerCase().includes(part)) }
      },
    })),
  },
  {
    bug: 'pinned sessions come by their last entry',
    caughtBy: 'Pinned sessions come earliest pin first, whatever else moves, and only to who pinned them',
    plant: verbs((inner) => ({
      async list(query = {}) {
        const { pinned, limit, ...rest } = query
        if (pinned === undefined) return inner.list(query)
        const mine = new Set((await inner.list({ ...query, limit: 1000 })).items.map((head) => head.session))
        const page = await inner.list({ ...rest, limit: 1000 })
        return { ...page, items: page.items.filter((head) => mine.has(head.session)) }
      },
    })),
  },
  {
    bug: 'one facet is not filtered by',
    caughtBy: 'Sessions are found by repository, alone and with others',
    plant: verbs((inner) => ({
      list: ({ where, ...query } = {}) => {
        const { repository: _, ...others } = where ?? {}
        return inner.list({ ...query, where: others })
      },
    })),
  },
]

const due: readonly Plant[] = [
  {
    bug: 'what is due is handed out while a lease lives',
    caughtBy: 'A live lease hides what is due, a dead or released one shows it again',
    plant: (store, state) => ({
      ...store,
      async due(limit) {
        const rows = state.due.take(state.clock(), limit, () => true)
        return rows.map((row) => ({ tenant: row.tenant.name, session: row.id, due: row.head.due ?? 0 }))
      },
    }),
  },
  {
    bug: 'what is due is not told by its place',
    caughtBy: 'What is due in one place is found behind any number of others',
    plant: (store) => ({ ...store, due: (limit) => store.due(limit) }),
  },
  {
    bug: 'what is due comes in no order',
    caughtBy: 'What is due comes longest due first, of all tenants, and only when its time has come',
    plant: (store) => ({ ...store, due: async (limit) => [...(await store.due(limit))].reverse() }),
  },
]

export const readingPlants: readonly Plant[] = [...scopes, ...logs, ...feed, ...lists, ...due]
