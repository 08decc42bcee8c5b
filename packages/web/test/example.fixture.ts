// Sessions as people have them, for pictures of the page: several agents and branches, one that waits, one that failed.

import type { Client } from '../../daybook/src/client/client.ts'
import type { SkillDefinition } from '../../daybook/src/work/skills/contract.ts'

/** The session that pictures show from inside. */
export const shown = 'fix-token-k3f9'

/** Two forks that pictures show side by side. */
export const compared = 'expiry-e7qa..expiry-z2kd'

interface Example {
  readonly id: string
  readonly agent: string
  readonly branch: string
  readonly said: readonly string[]
  readonly pinned?: true
}

const examples: readonly Example[] = [
  {
    id: 'notes-b7d9',
    agent: 'claude',
    branch: 'main',
    said: ['Draft of the release notes', 'Three sections: what is new, what moved, what broke.'],
  },
  {
    id: 'pages-x81c',
    agent: 'gemini',
    branch: 'docs',
    said: ['Обновить страницы о повторах', 'Готово: три страницы обновлены, ссылки проверены.'],
    pinned: true,
  },
  {
    id: 'start-p0ra',
    agent: 'codex',
    branch: 'main',
    said: ['Why does the start take 400 ms?', 'Two thirds of it are modules that nothing of a start uses.'],
    pinned: true,
  },
  {
    id: 'panel-m2vd',
    agent: 'opencode',
    branch: 'panel',
    said: ['Rename Widget to Panel everywhere', 'Renamed in 38 files; the tests pass.'],
  },
  {
    id: 'race-w4tt',
    agent: 'codex',
    branch: 'main',
    said: [
      'Race condition in the writer',
      'Two appends met between reading the head and writing it. Now the store decides.',
    ],
  },
  {
    id: 'expiry-e7qa',
    agent: 'claude',
    branch: 'fix-auth',
    said: ['Add a test for the expiry of refresh tokens', 'decision: 30 s of clock skew are allowed, see RFC 7519.'],
  },
  {
    id: 'cache-h1no',
    agent: 'gemini',
    branch: 'main',
    said: ['Is the cache still worth it?', 'It answers 3 % of the reads. I would remove it.'],
  },
]

function skill(id: string, run: SkillDefinition['run'], more: Partial<SkillDefinition> = {}): SkillDefinition {
  return { id, name: id, description: `${id}.`, run, ...more }
}

const skills: readonly SkillDefinition[] = [
  skill('push', () => 'pushed', { description: 'Pushes a branch.', risk: 'high' }),
  skill('ask', async (_input, { ask }) => ask('Which branch should the fix go to: main or release?'), {
    description: 'Asks what it has to know.',
    durable: true,
  }),
  skill(
    'measure',
    (_input, { signal }) => new Promise((resolve) => signal.addEventListener('abort', () => resolve('ended'))),
    {
      description: 'Measures until somebody ends it.',
    },
  ),
  skill(
    'test',
    () => {
      throw new Error('3 of 41 tests failed')
    },
    { description: 'Runs the tests.' },
  ),
]

async function talk(client: Client, { id, agent, branch, said, pinned }: Example): Promise<void> {
  const labels = { branch, repository: 'app' }
  await client.create({ session_id: id, agent_id: agent, ...labels })
  const session = client.session(id)
  for (const [n, content] of said.entries()) await session.message({ role: n % 2 ? 'assistant' : 'user', content })
  if (pinned) await session.changeMarks(() => ({ pinned }))
}

const tokenDiff = `@@ -14,9 +14,11 @@ export function verify(token: Token, now: number): Verdict {
   const { issuedAt, expiresAt } = token
-  if (expiresAt <= now) return 'expired'
-  if (issuedAt > now) return 'from the future'
+  // Clocks differ: RFC 7519 allows some leeway, usually no more than a few minutes.
+  if (expiresAt + skew <= now) return 'expired'
+  if (issuedAt - skew > now) return 'from the future'
   return 'valid'
 }
`

const call = (call_id: string, name: string, input: object) => ({ type: 'call', call_id, name, input })
const result = (call_id: string, output: string, error = false) => ({ type: 'result', call_id, output, error })
const edit = (path: string, added: number, removed: number, diff: string) => ({
  type: 'edit',
  path,
  operation: 'update',
  added,
  removed,
  diff,
})

type Part = ReturnType<typeof call> | ReturnType<typeof result> | ReturnType<typeof edit> | { type: 'reasoning' }

function worked(agent: string, content: string, parts: readonly Part[], more: object = {}) {
  const role = parts.some(({ type }) => type === 'result') ? 'tool' : 'assistant'
  return { kind: 'message' as const, data: { role, content, agent, parts, ...more } }
}

/** A turn with all that one leaves: a thought, calls, an edit, a note, what it took. */
async function tokenTurn(client: Client): Promise<void> {
  const session = client.session(shown)
  const thought = 'The failing case is 12 s late. Both comparisons are strict, so any skew between two machines fails.'
  await session.append([
    worked('codex', '', [
      { type: 'reasoning', text: thought, duration_ms: 6400 } as Part,
      call('1', 'shell', { command: 'npm test -- token' }),
    ]),
    worked('codex', '', [
      result(
        '1',
        '✖ a token that is 12 s late is taken (3.1 ms)\n\n  expected: valid\n  actual:   expired\n\n40 passed, 1 failed',
        true,
      ),
    ]),
    worked('codex', '', [
      call('2', 'read', { path: 'src/auth/token.ts' }),
      call('3', 'grep', { pattern: 'skew', path: 'src' }),
    ]),
    worked('codex', '', [
      result('2', 'export function verify(token: Token, now: number): Verdict {'),
      result('3', 'src/auth/clock.ts:3:export const skew = 30'),
    ]),
    worked('codex', '', [edit('src/auth/token.ts', 3, 2, tokenDiff)]),
    worked('codex', '', [call('4', 'shell', { command: 'npm test -- token' })]),
    worked('codex', '', [result('4', '41 passed')]),
    worked(
      'codex',
      'The check of the token compared times without any **clock skew**. It now allows the 30 seconds of `src/auth/clock.ts`:\n\n- a token that is late by less is taken\n- a token from the future by more is refused\n\nAll 41 tests pass.',
      [],
      { model: 'openai/gpt-5', usage: { input_tokens: 18_240, output_tokens: 1312 }, cost: 0.04 },
    ),
    { kind: 'note', data: { type: 'decision', text: '30 s of clock skew, as in RFC 7519' } },
  ])
}

/** Two ways to the same end, of which one has a failing test. */
async function compareForks(client: Client): Promise<void> {
  const [one, other] = ['expiry-e7qa', 'expiry-z2kd'].map((id) => client.session(id))
  const line = (text: string) => `@@ -1,1 +1,2 @@\n ${'const'} first = 1\n+${text}\n`
  await one?.append([
    worked('claude', '', [edit('src/auth/refresh.ts', 9, 3, line('const skew = 30'))]),
    worked('claude', '', [edit('test/refresh.test.ts', 41, 0, line('test(…)'))]),
    worked('claude', '', [call('a', 'shell', { command: 'npm test' })]),
    worked('claude', '', [result('a', '43 passed')]),
    worked('claude', 'Refresh tokens expire 30 s later than they say.', [], {
      model: 'anthropic/claude-sonnet',
      usage: { input_tokens: 9120, output_tokens: 840 },
      cost: 0.05,
    }),
  ])
  await other?.append([
    worked('claude', '', [edit('src/auth/refresh.ts', 4, 3, line('const skew = 0'))]),
    worked('claude', '', [call('b', 'shell', { command: 'npm test' })]),
    worked('claude', '', [result('b', '41 passed, 2 failed', true)]),
    worked('claude', 'Without any skew the test fails on two of nine machines.', [], {
      model: 'anthropic/claude-sonnet',
      usage: { input_tokens: 7400, output_tokens: 510 },
      cost: 0.03,
    }),
  ])
}

async function sessions(client: Client): Promise<void> {
  for (const example of examples) await talk(client, example)
  await talk(client, { id: shown, agent: 'codex', branch: 'fix-auth', said: ['Make the token test pass'] })
  await tokenTurn(client)
  await talk(client, {
    id: 'login-c5um',
    agent: 'claude',
    branch: 'login',
    said: ['The login page refuses empty passwords too late'],
  })
  await talk(client, { id: 'nightly-a0ze', agent: 'bash', branch: 'main', said: ['Nightly tests'] })
  await talk(client, { id: 'speed-t6ry', agent: 'bash', branch: 'main', said: ['How fast is an append now?'] })
  await client.session('expiry-e7qa').fork({ at: 2, id: 'expiry-z2kd', name: 'Expiry, without clock skew' })
  await compareForks(client)
  const { runs } = client
  const failed = await runs.start('nightly-a0ze', { skill: 'test', input: 'npm test' })
  await runs.wait(failed.run_id)
  await runs.start('speed-t6ry', { skill: 'measure', input: 'npm run bench -- append' })
  await runs.start('speed-t6ry', { skill: 'measure', input: 'npm run bench -- lists' })
  const asked = await runs.start('login-c5um', { skill: 'ask', input: 'Where does it go?' })
  await runs.wait(asked.run_id)
  const push = await runs.start(shown, { skill: 'push', input: 'git push --force-with-lease origin fix-auth' })
  await runs.wait(push.run_id)
}

export const fill = { skills, sessions } as const
