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

async function sessions(client: Client): Promise<void> {
  for (const example of examples) await talk(client, example)
  await talk(client, {
    id: shown,
    agent: 'codex',
    branch: 'fix-auth',
    said: [
      'Make the token test pass',
      'The check of the token compared times without any **clock skew**. I added thirty seconds of it in `src/auth/token.ts`:\n\n- a token that is late by less is taken\n- a token from the future by more is refused\n\nAll tests: 41 passed.',
      'Push it, please',
    ],
  })
  await talk(client, {
    id: 'login-c5um',
    agent: 'claude',
    branch: 'login',
    said: ['The login page refuses empty passwords too late'],
  })
  await talk(client, { id: 'nightly-a0ze', agent: 'bash', branch: 'main', said: ['Nightly tests'] })
  await talk(client, { id: 'speed-t6ry', agent: 'bash', branch: 'main', said: ['How fast is an append now?'] })
  await client.session('expiry-e7qa').fork({ at: 2, id: 'expiry-z2kd', name: 'Expiry, without clock skew' })
  const other = client.session('expiry-z2kd')
  await other.message({ role: 'assistant', content: 'Without any skew: the test fails on two of nine machines.' })
  const { runs } = client
  const failed = await runs.start('nightly-a0ze', { skill: 'test', input: 'npm test' })
  await runs.wait(failed.run_id)
  await runs.start('speed-t6ry', { skill: 'measure', input: 'npm run bench -- append' })
  const asked = await runs.start('login-c5um', { skill: 'ask', input: 'Where does it go?' })
  await runs.wait(asked.run_id)
  const push = await runs.start(shown, { skill: 'push', input: 'git push --force-with-lease origin fix-auth' })
  await runs.wait(push.run_id)
}

export const fill = { skills, sessions } as const
