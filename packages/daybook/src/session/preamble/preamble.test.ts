// The preamble of a session that goes on: what is in it, in which order, and that it never exceeds its budget.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { charactersPerToken, type Known, leastBudget, preambleOf } from './preamble.ts'

const long = (word: string, times: number): string =>
  Array.from({ length: times }, (_, at) => `${word} ${at}`).join(' ')

function known(changed: Partial<Known> = {}): Known {
  return {
    session: 'ses_token',
    seq: 121,
    title: 'make the token test pass',
    agent: 'codex',
    branch: 'fix-auth',
    repository: 'anna/app',
    folder: '/home/anna/app',
    goal: 'make the token test pass',
    last: 'is clock skew covered?',
    notes: [
      { seq: 12, type: 'decision', text: 'No tolerance beyond 30 s' },
      { seq: 30, type: 'todo', text: 'a test for expiry' },
    ],
    open: ['the last call, shell, failed'],
    files: [{ path: 'src/token.js', what: 'update, +1 −1' }],
    turns: [
      { seq: 118, by: 'user', text: 'make the token test pass', calls: [] },
      { seq: 119, by: 'codex', text: '', calls: ['shell', 'shell', 'edit'] },
      { seq: 120, by: 'codex', text: 'It passes now.', calls: [] },
    ],
    ...changed,
  }
}

test('goal, decisions, open ends, files and last turns stand in this order, with their places in the log', () => {
  const { text, tokens } = preambleOf(known(), 6000, 'review this as an attacker')
  assert.equal(
    text,
    `# Going on from: make the token test pass
agent codex, branch fix-auth, repository anna/app, folder /home/anna/app; session ses_token up to entry 121.

## Goal
make the token test pass

## Asked last
is clock skew covered?

## Decisions
- decision: No tolerance beyond 30 s (#12)

## Open ends
- todo: a test for expiry (#30)
- the last call, shell, failed

## Files touched
- src/token.js (update, +1 −1)

## Last turns
user (#118): make the token test pass

codex (#119): [called shell ×2, edit]

codex (#120): It passes now.

## Asked now
review this as an attacker`,
  )
  assert.equal(tokens, Math.ceil(text.length / charactersPerToken))
})

test('whatever a session holds, the text is within its budget and says the newest', () => {
  const many = known({
    title: long('title', 80),
    goal: long('goal', 5000),
    last: long('asked', 5000),
    notes: Array.from({ length: 400 }, (_, seq) => ({
      seq,
      type: seq % 2 ? 'decision' : 'problem',
      text: long(`note ${seq}`, 40),
    })),
    open: [long('open', 3000)],
    files: Array.from({ length: 900 }, (_, at) => ({ path: `src/${long('deep', 9)}/${at}.ts`, what: 'update' })),
    turns: Array.from({ length: 300 }, (_, seq) => ({ seq, by: 'codex', text: long(`turn ${seq}`, 50), calls: [] })),
  })
  for (const budget of [leastBudget, 500, 1000, 6000, 50_000]) {
    for (const asked of ['', long('now', 9000)]) {
      const { text, tokens } = preambleOf(many, budget, asked)
      assert.ok(tokens <= budget, `${tokens} of ${budget}`)
      assert.ok(tokens > budget * 0.5, `only ${tokens} of ${budget}`)
      assert.match(text, /^# Going on from: title 0/)
      assert.match(text, /## Goal\ngoal 0/)
      if (asked !== '') assert.match(text, /## Asked now\nnow 0/)
      if (budget < 1000) continue
      assert.match(text, /\(#299\): turn 299/)
      assert.match(text, /- decision: note 399/)
      assert.match(text, /… \d+ earlier/)
    }
  }
})

test('characters of two units are never cut in half', () => {
  for (let more = 0; more < 8; more += 1) {
    const text = `${'a'.repeat(more)}${'😀'.repeat(4000)}`
    const turns = [{ seq: 1, by: 'user', text, calls: [] }]
    const made = preambleOf(known({ goal: text, last: text, turns }), leastBudget, text).text
    assert.ok(made.isWellFormed())
  }
})

test('an empty session gives what is known of it and nothing else', () => {
  const empty = known({
    goal: '',
    last: '',
    notes: [],
    open: [],
    files: [],
    turns: [],
    branch: null,
    repository: null,
    folder: null,
  })
  assert.equal(
    preambleOf(empty, 6000).text,
    '# Going on from: make the token test pass\nagent codex; session ses_token up to entry 121.',
  )
})
