// Prompts to real programs: what they answer, how they fail, how they are ended, and who takes them up again.

import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict'
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Session } from '../../session/contract.ts'
import { until } from '../../session/testing.fixture.ts'
import { Machine } from './programs.fixture.ts'

interface Data {
  readonly [name: string]: unknown
}

async function kindsOf(session: Session): Promise<string[]> {
  return (await session.read()).map(({ kind }) => kind)
}

async function outputOf(session: Session, stream = 'out'): Promise<string> {
  const pieces = (await session.read({ kinds: ['process.output'] })).map(({ data }) => data as unknown as Data)
  return pieces.flatMap((data) => (data.stream === stream ? String(data.text) : [])).join('')
}

test('a prompt is a run: its answer is a message, and its process, output and end stand in the log', async (t) => {
  const machine = await Machine.open(t)
  const session = await machine.session()
  const { run } = await machine.anna.start(session.id, { agent: 'bash', input: 'echo "один 一"; echo no >&2; pwd' })
  const { status, output } = await machine.anna.settled(run)
  strictEqual(status, 'done')
  const { text, exit_code } = output as Data
  strictEqual(text, `один 一\n${machine.workdir}`)
  strictEqual(exit_code, 0)
  const kinds = (await kindsOf(session)).filter((kind) => !kind.startsWith('run.') && !kind.startsWith('step.'))
  deepStrictEqual(kinds.toSorted(), [
    'message',
    'message',
    'process.exited',
    'process.output',
    'process.output',
    'process.started',
    'program.bound',
    'session.opened',
  ])
  strictEqual(await outputOf(session, 'err'), 'no\n')
  const { processes } = await session.view('processes')
  strictEqual(processes.length, 1)
  const { program, status: ended, exitCode, args, bytes } = processes[0] ?? {}
  deepStrictEqual(
    { program, ended, exitCode, bytes },
    { program: 'bash', ended: 'exited', exitCode: 0, bytes: 14 + machine.workdir.length },
  )
  ok(args?.includes('{prompt}'))
})

test('a program that fails ends its run as failed, and what it printed is kept', async (t) => {
  const machine = await Machine.open(t)
  const session = await machine.session()
  const { run } = await machine.anna.start(session.id, {
    agent: 'bash',
    input: 'echo half; echo first >&2; echo why >&2; exit 5',
  })
  const { status, reason, error } = await machine.anna.settled(run)
  deepStrictEqual([status, reason, error?.code], ['failed', 'error', 'program_failed'])
  strictEqual(error?.message, 'bash ended with 5: why')
  const [, answer] = (await session.read({ kinds: ['message'] })).map(({ data }) => data as unknown as Data)
  strictEqual(answer?.content, 'half')
  const { processes } = await session.view('processes')
  strictEqual(processes[0]?.exitCode, 5)
})

test('an answer that is too long ends with a whole line and with how much more there was', async (t) => {
  const machine = await Machine.open(t)
  const session = await machine.session()
  const { run } = await machine.anna.start(session.id, { agent: 'bash', input: 'seq 100000' })
  const { text } = (await machine.anna.settled(run)).output as { readonly text: string }
  const lines = text.split('\n')
  const left = /^\[… (\d+) bytes …\]$/.exec(lines.pop() ?? '')
  deepStrictEqual(
    lines,
    lines.map((_line, index) => String(index + 1)),
  )
  // 588,895 bytes are the numbers to 100,000, each with its line end.
  strictEqual(lines.join('\n').length + 1 + Number(left?.[1]), 588_895)
  ok(lines.length > 40_000)
})

test('[S5.3] a hundred prompts stand in one queue, and each is done once and in order, over servers that come and go', async (t) => {
  const machine = await Machine.open(t)
  const session = await machine.session()
  const runs = []
  for (let n = 0; n < 100; n += 1) {
    runs.push(await machine.anna.start(session.id, { agent: 'bash', input: `echo ${n} >> order` }))
  }
  // The busy flag of the session, and of two prompts never more than one under way.
  ok(['queued', 'running'].includes((await session.head()).status))
  for (const [n, { run }] of runs.entries()) {
    strictEqual((await machine.anna.settled(run, { until: 'end' })).status, 'done')
    if (n % 40 !== 20) continue
    // The next server goes on where this one is: between two prompts, or in one.
    await machine.work.close()
    await machine.sessions.close()
    await machine.start()
  }
  const { run } = await machine.anna.start(session.id, { agent: 'bash', input: 'cat order' })
  const { output } = await machine.anna.settled(run)
  strictEqual((output as Data).text, runs.map((_, n) => n).join('\n'))
  // Of prompts that are over nothing is kept outside of the log once the next one begins.
  strictEqual((await machine.host.list()).length, 1)
})

test('a server that ends leaves the process alone, and the next one tells all of it, each byte once', async (t) => {
  const machine = await Machine.open(t)
  const session = await machine.session()
  const go = join(machine.folder, 'go')
  const input = `for i in 1 2 3; do echo line $i; done; until test -e ${go}; do sleep 0.02; done; echo the end`
  const { run } = await machine.anna.start(session.id, { agent: 'bash', input })
  await until(async () => (await outputOf(session)).includes('line 3'))
  const before = await session.view('processes')
  await machine.work.close()
  await machine.sessions.close()
  await machine.start()
  writeFileSync(go, '')
  const { status, output } = await machine.anna.settled(run, { until: 'end' })
  strictEqual(status, 'done')
  strictEqual((output as Data).text, 'line 1\nline 2\nline 3\nthe end')
  const again = machine.handle(session.id)
  strictEqual(await outputOf(again), 'line 1\nline 2\nline 3\nthe end\n')
  const { processes } = await again.view('processes')
  deepStrictEqual(
    processes.map(({ pid, exitCode }) => [pid, exitCode]),
    [[before.processes[0]?.pid, 0]],
  )
  deepStrictEqual(machine.errors, [])
})

test('a run that is cancelled ends its process and all that it began, and what was printed stays', async (t) => {
  const machine = await Machine.open(t)
  const session = await machine.session()
  const { run } = await machine.anna.start(session.id, { agent: 'bash', input: 'echo begun; sleep 600 & wait' })
  await until(async () => (await outputOf(session)).includes('begun'))
  await machine.anna.cancel(run)
  await until(async () => (await session.view('processes')).processes[0]?.status === 'exited')
  const { processes } = await session.view('processes')
  match(processes[0]?.signal ?? `code ${processes[0]?.exitCode}`, /SIGINT|SIGTERM|SIGKILL|code 130/)
  strictEqual((await machine.anna.get(run)).status, 'cancelled')
})

test('a program that takes longer than it may, or says nothing, is ended and its run says so', async (t) => {
  const machine = await Machine.open(t, {
    programs: {
      hurried: {
        bin: 'bash',
        headless: { format: 'text', start: ['-c', '--', '{prompt}'], allow_code_prompt: true },
        prompt_timeout_sec: 1,
      },
      silent: {
        bin: 'bash',
        headless: { format: 'text', start: ['-c', '--', '{prompt}'], allow_code_prompt: true },
        idle_timeout_sec: 1,
      },
    },
  })
  const session = await machine.session()
  const reasonOf = async (agent: string, input: string): Promise<string | undefined> => {
    const { run } = await machine.anna.start(session.id, { agent, input })
    return (await machine.anna.settled(run, { until: 'end' })).reason
  }
  strictEqual(await reasonOf('hurried', 'while true; do echo tick; sleep 0.1; done'), 'timeout')
  strictEqual(await reasonOf('silent', 'echo once; sleep 600'), 'idle_timeout')
})

test('a program works only where it may, whatever links lead there', async (t) => {
  const machine = await Machine.open(t)
  symlinkSync('/', join(machine.workdir, 'out'))
  for (const [cwd, code] of [
    ['/', 'forbidden'],
    [join(machine.workdir, 'out'), 'forbidden'],
    [join(machine.workdir, 'not there'), 'invalid'],
    ['work', 'invalid'],
  ] as const) {
    const session = await machine.session(cwd)
    const { run } = await machine.anna.start(session.id, { agent: 'bash', input: 'echo no' })
    const { status, error } = await machine.anna.settled(run)
    deepStrictEqual([status, error?.code], ['failed', code], cwd)
    strictEqual((await session.view('processes')).processes.length, 0)
  }
})

test('an image goes to a program only as what it is, and from where it may be taken', async (t) => {
  const start = ['-c', 'printf "%s\\n" "$@"', '0', { each: 'image', args: ['-i', '{image}'] }, '--', '{prompt}']
  const machine = await Machine.open(t, {
    programs: { shown: { bin: 'bash', headless: { format: 'text', start, allow_code_prompt: true } } },
  })
  const png = Buffer.from('\x89PNG\r\n\x1a\n0123', 'latin1')
  const [image, text, outside] = [
    join(machine.workdir, 'a.png'),
    join(machine.workdir, 'b.png'),
    join(machine.folder, 'c.png'),
  ]
  for (const [path, bytes] of [
    [image, png],
    [text, 'no image'],
    [outside, png],
  ] as const) {
    writeFileSync(path, bytes)
  }
  symlinkSync(outside, join(machine.workdir, 'link.png'))
  const endOf = async (images: readonly string[]) => {
    const session = await machine.session()
    const { run } = await machine.anna.start(session.id, { agent: 'shown', input: { text: 'look', images } })
    const { status, output, error } = await machine.anna.settled(run, { until: 'end' })
    return [
      status,
      (output as Data | undefined)?.text ?? error?.code,
      (await session.view('processes')).processes.length,
    ]
  }
  deepStrictEqual(await endOf([image]), ['done', `-i\n${image}\n--\nlook`, 1])
  deepStrictEqual(await endOf([outside]), ['failed', 'forbidden', 0])
  deepStrictEqual(await endOf([image, join(machine.workdir, 'link.png')]), ['failed', 'forbidden', 0])
  deepStrictEqual(await endOf([text]), ['failed', 'invalid', 0])
  deepStrictEqual(await endOf(['a.png']), ['failed', 'invalid', 0])
})

test('whoever may not drive programs cannot give or change a prompt', async (t) => {
  const machine = await Machine.open(t)
  const session = await machine.session()
  const scope = { tenant: 'default', subjects: ['anna'] }
  const guest = machine.work.within(scope, { actor: 'user:anna', programs: false })
  const refused = { code: 'forbidden' }
  const { rejects } = await import('node:assert/strict')
  await rejects(guest.start(session.id, { agent: 'bash', input: 'echo no' }), refused)
  await session.handoff('bash')
  await rejects(guest.start(session.id, { input: 'echo no' }), refused)
  const first = await machine.anna.start(session.id, { input: 'until test -e go; do sleep 0.02; done' })
  const second = await machine.anna.start(session.id, { input: 'echo second' })
  await rejects(guest.edit(second.run, 'echo other'), refused)
  writeFileSync(join(machine.workdir, 'go'), '')
  strictEqual((await machine.anna.settled(first.run, { until: 'end' })).status, 'done')
  const { output } = await machine.anna.settled(second.run, { until: 'end' })
  strictEqual((output as Data).text, 'second')
})

test('what the program needs to find its own session again is told once, and a fork begins a new one', async (t) => {
  const recorder = 'printf "%s\\n" "$@"'
  const machine = await Machine.open(t, {
    programs: {
      kept: {
        bin: 'bash',
        headless: {
          format: 'text',
          start: ['-c', recorder, 'start', '{new_uuid}', '--', '{prompt}'],
          resume: ['-c', recorder, 'resume', '{resume}', '--', '{prompt}'],
          token: 'uuid',
        },
      },
    },
  })
  const session = await machine.session()
  const tokenOf = async (id: string, input: string): Promise<string> => {
    const { run } = await machine.anna.start(id, { agent: 'kept', input })
    const { output } = await machine.anna.settled(run, { until: 'end' })
    const [token, dashes, ...prompt] = String((output as Data).text).split('\n')
    deepStrictEqual([dashes, prompt.at(-1)], ['--', input])
    return token ?? ''
  }
  const first = await tokenOf(session.id, 'one')
  match(first, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  strictEqual(await tokenOf(session.id, 'two'), first)
  strictEqual((await session.read({ kinds: ['process.token_found'] })).length, 1)
  const fork = await session.fork()
  const other = await tokenOf(fork.id, 'three')
  match(other, /^[0-9a-f-]{36}$/)
  ok(other !== first)
  strictEqual(await tokenOf(session.id, 'four'), first)
})

test('[S5.4] a token in what a program prints is found, as configured or by its form, kept, and used after a restart', async (t) => {
  const id = '0f0e0d0c-1111-4222-8333-444455556666'
  const start = ['-c', 'echo new "$2"; echo "$0" >&2']
  const resume = ['-c', 'echo again "$1" "$3"', 'x', '{resume}', '--', '{prompt}']
  const text = { format: 'text', resume } as const
  const machine = await Machine.open(t, {
    programs: {
      configured: {
        bin: 'bash',
        headless: { ...text, start: [...start, 'go on with: mine-7', '--', '{prompt}'] },
        resume_regex: 'go on with: (?<token>\\S+)',
      },
      detected: {
        bin: 'bash',
        headless: { ...text, start: [...start, `to resume: it --resume ${id}`, '--', '{prompt}'] },
      },
    },
  })
  for (const [agent, token] of [
    ['configured', 'mine-7'],
    ['detected', id],
  ] as const) {
    const session = await machine.session()
    const answer = async (input: string): Promise<unknown> => {
      const { run } = await machine.anna.start(session.id, { agent, input })
      return ((await machine.anna.settled(run, { until: 'end' })).output as Data).text
    }
    strictEqual(await answer('one'), 'new one')
    const [found] = (await session.read({ kinds: ['process.token_found'] })).map(({ data }) => data as unknown as Data)
    deepStrictEqual([found?.value, found?.source, found?.program], [token, 'output', agent])
    await machine.work.close()
    await machine.sessions.close()
    await machine.start()
    strictEqual(await answer('two'), `again ${token} two`)
    strictEqual((await machine.handle(session.id).read({ kinds: ['process.token_found'] })).length, 1)
  }
})

test('what a coding agent printed becomes messages with what each prompt has cost, and the bytes are kept beside', async (t) => {
  const start = ['--', '{prompt}']
  const machine = await Machine.open(t, {
    programs: { replayed: { bin: 'cat', headless: { format: 'codex-jsonl', start } } },
  })
  const session = await machine.session()
  const costs: unknown[] = []
  for (const name of ['work.jsonl', 'resumed.jsonl']) {
    const input = fileURLToPath(new URL(`../../program/formats/recordings/codex-0.169.0/${name}`, import.meta.url))
    const { run } = await machine.anna.start(session.id, { agent: 'replayed', input })
    const { status, output } = await machine.anna.settled(run, { until: 'end' })
    strictEqual(status, 'done')
    const entries = await session.read({ kinds: ['message', 'process.captured'] })
    const own = entries.filter((entry) => entry.run === run)
    const last = own.findLast(({ kind }) => kind === 'message')?.data as unknown as Data
    strictEqual(last.content, (output as Data).text)
    strictEqual(last.agent, 'replayed')
    costs.push(last.usage)
    const captured = own.find(({ kind }) => kind === 'process.captured')?.data as unknown as Data
    const kept = await machine.store.within({ tenant: 'default', subjects: ['anna'] }).blobs.get(String(captured.blob))
    deepStrictEqual(Buffer.from(kept ?? []), readFileSync(input))
  }
  deepStrictEqual(costs, [
    { input_tokens: 600, output_tokens: 150 },
    { input_tokens: 120, output_tokens: 30 },
  ])
  const { tokens } = await session.head()
  strictEqual(tokens, 900)
})
