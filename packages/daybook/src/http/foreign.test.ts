// What belongs to somebody else: every route that names a session, a run or a blob answers as if it were not there.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { routes } from './routes/all.ts'
import { type Reply, testServer, told } from './server.fixture.ts'

const secret = 'the plan of the other one'
const theirs = { tenant: 'default', subjects: ['user:other'] }

/** What a session in the path is written to by clients that invent its id: then it is not opened anew, either. */
function opens(path: string, method: string): boolean {
  return method !== 'GET' && /\{session_id\}\/(?:messages|entries|runs|state|history)$/.test(path)
}

test('no route shows or changes a session, a run or a blob of somebody else', async () => {
  await using s = await testServer('memory', {
    skills: [{ id: 'ask', name: 'Ask', description: 'Asks.', run: () => 1 }],
  })
  const others = s.sessions.within(theirs)
  const session = await others.open({ id: 'theirs', name: secret })
  const blob = await others.blobs.put(new TextEncoder().encode(secret))
  const parts = [{ type: 'file', blob, name: 'plan.txt', media_type: 'text/plain' }] as const
  await session.append({ kind: 'message', data: { role: 'user', content: secret, parts: [...parts] } })
  const { run } = await s.work.within(theirs).start('theirs', { skill: 'ask', input: secret })
  await s.work.within(theirs).settled(run, { until: 'end' })
  await s.sessions.within({ tenant: 'default', subjects: ['local'] }).open({ id: 'mine' })
  const before = (await session.head()).seq
  const named: Readonly<Record<string, readonly [string, string]>> = {
    session_id: ['theirs', 'nobodys'],
    run_id: [run, 'run_01M818S0NFENV8E20TQ04NNJQ6'],
    hash: [blob, blob.replaceAll(/./g, 'x')],
  }
  let [looked, unseen] = [0, 0]
  for (const { spec } of routes) {
    const { method, path, example, at } = spec
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
    if (!names.some((name) => name in named)) continue
    const idOf = (one: string, which: 0 | 1): string => {
      const value = named[one]?.[which] ?? 'apr_1'
      return value === 'nobodys' ? `nobodys_${looked}` : value
    }
    const ask = (which: 0 | 1): Promise<Reply> => {
      const filled = names.reduce((text, name) => text.replace(`{${name}}`, idOf(name, which)), path)
      const body = example === undefined ? (spec.body === undefined ? {} : { body: {} }) : { body: example }
      return s.call(`${method} ${at === 'root' ? '/' : ''}${filled}`, body)
    }
    const [there, absent] = [await ask(0), await ask(1)]
    const name = `${method} ${path}`
    looked += 1
    if (told(there) === '404 not_found') unseen += 1
    assert.ok(!`${there.text}${JSON.stringify(there.headers)}`.includes(secret), `${name} shows it`)
    if (!opens(path, method)) assert.equal(told(there), told(absent), name)
    else assert.ok(there.status >= 400, `${name}: ${told(there)}`)
  }
  assert.ok(looked > 50 && unseen > 40, `${unseen} of ${looked}`)
  assert.equal((await session.head()).seq, before)
  assert.equal((await s.call(`GET /sessions/mine/compare/theirs`)).status, 404)
  for (const path of ['/sessions', '/search?q=plan', '/feed', '/approvals', '/active', '/metrics/runs?group=user']) {
    assert.ok(!(await s.call(`GET ${path}`)).text.includes('other'), path)
  }
})
