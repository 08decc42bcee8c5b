// Tests of choosing who takes a request, against a real provider.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openModels } from '../../../open-models.ts'
import { agentsOf } from '../../agents.ts'
import { fixedSkills } from '../../skills/fixed.ts'
import { orchestrator } from '../builtin/orchestrator.ts'
import type { Spending } from '../contract.ts'
import { defined, turnsWorld } from '../turns.fixture.ts'
import { candidatesFor, idOf } from './candidates.ts'
import { choose } from './choice.ts'

test('what a choice took counts also where its answer could not be used', async () => {
  const usage = { input_tokens: 90, output_tokens: 10 }
  await using at = await turnsWorld({ answers: [{ match: {}, response: { content: 'the coder, I think', usage } }] })
  const settled: unknown[] = []
  const spending: Spending = {
    reserve: async () => ({
      settle: async ({ usage }) => void settled.push(usage.total_tokens),
      release: async () => void settled.push('given back'),
    }),
  }
  const agents = agentsOf([{ ...defined('coder'), kind: 'model', perform: async () => undefined }])
  const models = openModels(at.server.settings())
  const session = at.world.world.anna.session('a', { opens: true })
  await session.append({ kind: 'message', data: { role: 'user', content: 'mend the test' } })
  const { signal } = new AbortController()
  const chosen = await choose(
    { definition: orchestrator, models, skills: fixedSkills(), agents, spending },
    { text: 'mend the test', caller: {}, now: 0, timeZone: 'UTC', session, run: 'run_1', signal },
  )
  assert.equal(chosen.kind, 'nobody')
  assert.deepEqual(settled, [200])
})

test('a program is offered only to who may use it, and only where the request names it', () => {
  const program = { kind: 'program', perform: async () => undefined } as const
  const codex = { ...defined('codex'), ...program, converses: true }
  const bash = { ...defined('bash'), ...program, converses: false }
  const agents = agentsOf([{ ...defined('coder'), kind: 'model', perform: async () => undefined }, codex, bash])
  const offered = (text: string, programs: boolean): readonly string[] =>
    candidatesFor({ text, caller: { programs }, now: 0, timeZone: 'UTC' }, orchestrator, agents, fixedSkills()).map(
      idOf,
    )
  assert.deepEqual(offered('let Codex do it', true), ['agent:coder', 'program:codex'])
  assert.deepEqual(offered('用codex列出文件', true), ['agent:coder', 'program:codex'])
  // The sentence would be its command.
  assert.deepEqual(offered('run it in Bash: ls', true), ['agent:coder'])
  assert.deepEqual(offered('what would `rm -rf ~` do?', true), ['agent:coder'])
  assert.deepEqual(offered('what is a codex-like agent?', true), ['agent:coder'])
  assert.deepEqual(offered('let codex do it', false), ['agent:coder'])
})
