// The lane: groups gather while the previous one is committed, within the room of one commit, and fail alone.

import { deepStrictEqual, rejects, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { Lane, LaneFailure, type LaneOptions } from './lane.ts'

interface Op {
  readonly name: string
  readonly bytes?: number
}

function laneOf(more: Partial<LaneOptions<Op, string>> = {}) {
  const groups: string[][] = []
  const lane = new Lane<Op, string>({
    commit(group) {
      groups.push(group.map(({ name }) => name))
      return group.map(({ name }) => (name === 'bad' ? new LaneFailure(new Error(name)) : name.toUpperCase()))
    },
    entries: () => 1,
    bytes: ({ bytes = 1 }) => bytes,
    maxEntries: 4,
    maxBytes: 100,
    ...more,
  })
  return { lane, groups }
}

const ops = (text: string): Op[] => [...text].map((name) => ({ name }))

test('What is asked for in one turn shares a commit, answered in order', async () => {
  const { lane, groups } = laneOf()
  deepStrictEqual(await Promise.all([lane.push(ops('ab')), lane.push([]), lane.push(ops('c'))]), [
    ['A', 'B'],
    [],
    ['C'],
  ])
  deepStrictEqual(groups, [['a', 'b', 'c']])
})

test('A group stays within the room of a commit; what alone is too large travels alone', async () => {
  const { lane, groups } = laneOf()
  const large = { name: 'L', bytes: 1000 }
  deepStrictEqual(await lane.push([...ops('abcdef'), large, ...ops('g')]), [...'ABCDEFLG'])
  deepStrictEqual(groups, [[...'abcd'], [...'ef'], ['L'], ['g']])
})

test('The next group gathers while the previous one is committed', async () => {
  const waiting: (() => void)[] = []
  const groups: string[][] = []
  const { lane } = laneOf({
    commit(group) {
      groups.push(group.map(({ name }) => name))
      return new Promise((resolve) => waiting.push(() => resolve(group.map(({ name }) => name))))
    },
  })
  const first = lane.push(ops('a'))
  while (waiting.length === 0) await new Promise((resolve) => setImmediate(resolve))
  const rest = [lane.push(ops('b')), lane.push(ops('c')), lane.push(ops('u'), true)]
  waiting[0]?.()
  await first
  while (waiting.length === 1) await new Promise((resolve) => setImmediate(resolve))
  waiting[1]?.()
  await Promise.all(rest)
  await lane.drained()
  deepStrictEqual(groups, [['a'], ['u', 'b', 'c']])
})

test('What is urgent goes into the next commit, ahead of a call that fills many', async () => {
  const { lane, groups } = laneOf()
  const long = lane.push(ops('abcdefgh'))
  const urgent = lane.push(ops('u'), true)
  await Promise.all([long, urgent])
  deepStrictEqual(groups, [[...'uabc'], [...'defg'], ['h']])
})

test('A failed operation rejects its own call; its neighbours are answered, and what it had waiting is not tried', async () => {
  const { lane, groups } = laneOf()
  const bad = lane.push([{ name: 'bad' }, ...ops('bcdef')])
  const good = lane.push(ops('g'))
  await rejects(bad, /bad/)
  deepStrictEqual(await good, ['G'])
  deepStrictEqual(groups, [['bad', ...'bcd'], ['g']])
})

test('A commit that fails rejects all of its group, and the lane goes on', async () => {
  let down = true
  const { lane } = laneOf({
    commit(group) {
      if (down) throw new Error('down')
      return group.map(({ name }) => name)
    },
  })
  const both = [lane.push(ops('a')), lane.push(ops('b'))]
  for (const one of both) await rejects(one, /down/)
  down = false
  deepStrictEqual(await lane.push(ops('c')), ['c'])
  await lane.drained()
})

test('Those who listen to commits hear of them after the callers were answered', async () => {
  const heard: string[] = []
  const { lane } = laneOf({ committed: (group) => void heard.push(group.map(({ name }) => name).join('')) })
  await lane.push(ops('ab'))
  await lane.push(ops('c'))
  await lane.drained()
  deepStrictEqual(heard, ['ab', 'c'])
  strictEqual(await lane.drained(), undefined)
})

test('Several commits may run at once: each begins in order, and a call over several of them is answered in order', async () => {
  const waiting: (() => void)[] = []
  const groups: string[][] = []
  let most = 0
  const { lane } = laneOf({
    depth: 2,
    commit(group) {
      groups.push(group.map(({ name }) => name))
      return new Promise((resolve) => {
        waiting.push(() => resolve(group.map(({ name }) => name.toUpperCase())))
        most = Math.max(most, waiting.length)
      })
    },
  })
  const answer = lane.push(ops('abcdefghij'))
  while (waiting.length < 2) await new Promise((resolve) => setImmediate(resolve))
  const late = lane.push(ops('k'))
  deepStrictEqual(groups, [[...'abcd'], [...'efgh']])
  // The second is answered before the first.
  waiting.pop()?.()
  while (waiting.length < 2) await new Promise((resolve) => setImmediate(resolve))
  deepStrictEqual(groups.at(-1), [...'ijk'])
  for (const answered of waiting) answered()
  deepStrictEqual(await answer, [...'ABCDEFGHIJ'])
  deepStrictEqual(await late, ['K'])
  await lane.drained()
  strictEqual(most, 2)
})
