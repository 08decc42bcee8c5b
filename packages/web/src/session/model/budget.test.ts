// Proves what is said to be left of a budget: of this session alone, without what is put aside, never less than nothing.

import assert from 'node:assert/strict'
import test from 'node:test'
import { budgetLeft } from './budget.ts'

const none = { tokens: 0, cost: 0 }
const budget = {
  scope: 'session',
  name: 's',
  day: null,
  from: 'set',
  limit: { tokens: 1000, cost: 2 },
  tokens: 300,
  cost: 1.5,
  reserved: { tokens: 100, cost: 0.25 },
  unpriced: [],
  share: 0.75,
  warn_at: 0.8,
} as const

test('what is left is the limit without what is gone and what is put aside', () => {
  assert.deepEqual(budgetLeft([{ ...budget, unpriced: [] }], 's'), { cost: 0.25, tokens: 600, little: false })
  const spent = { ...budget, unpriced: [], tokens: 5000, share: 5, limit: { tokens: 1000 } }
  assert.deepEqual(budgetLeft([spent], 's'), { cost: null, tokens: 0, little: true })
})

test('a session without a limit, and the limits of others, leave nothing to say', () => {
  assert.equal(budgetLeft([{ ...budget, unpriced: [], limit: {}, share: null }], 's'), null)
  assert.equal(budgetLeft([{ ...budget, unpriced: [], limit: { tokens: null, cost: null } }], 's'), null)
  assert.equal(budgetLeft([{ ...budget, unpriced: [] }], 'other'), null)
  assert.equal(budgetLeft([{ ...budget, unpriced: [], scope: 'agent', reserved: none }], 's'), null)
})
