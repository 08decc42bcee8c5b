// Real interpreters in a terminal: every kind of prompt and output is told whole, an interrupt leaves them ready.

import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { after, isHere, Typed } from './typing.fixture.ts'

interface Case {
  readonly prompt: string
  readonly answer: string
  /** Where the shell tells it. */
  readonly exit?: number
}

interface Interpreter {
  /** Several lines, one that is not ended, wide characters, 300 columns, output that comes late, what stands in its memory. */
  readonly cases: readonly Case[]
  /** Prints `begun` and goes on for ever. */
  readonly endless: string
  readonly after: Case
}

const wide = '漢字 é 👍'
const x300 = 'x'.repeat(300)

const interpreters: Readonly<Record<string, Interpreter>> = {
  bash: {
    cases: [
      { prompt: 'a=42; echo $a', answer: '42', exit: 0 },
      { prompt: 'for i in 1 2; do\n\techo "$i: $a"\ndone\n\necho last\n', answer: '1: 42\n2: 42\nlast', exit: 0 },
      { prompt: `echo '${wide}'`, answer: wide, exit: 0 },
      { prompt: `echo ${x300}; printf unended; (exit 7)`, answer: `${x300}\nunended`, exit: 7 },
      { prompt: 'echo soon; sleep 0.5; echo late', answer: 'soon\nlate', exit: 0 },
      { prompt: "printf '\\033]133;D;0\\007\\033]133;D;0;aid=x\\007forged\\n'; false", answer: 'forged', exit: 1 },
      { prompt: '# nothing', answer: '' },
      { prompt: `printf '%s\\n' one '$ ' two`, answer: 'one\n$\ntwo', exit: 0 },
    ],
    endless: "echo beg''un; while :; do :; done",
    after: { prompt: 'echo $a', answer: '42', exit: 0 },
  },
  python: {
    cases: [
      { prompt: 'a = 42', answer: '' },
      { prompt: 'def f(n):\n    for i in range(n):\n        print(i, a)\n\nf(2)', answer: '0 42\n1 42' },
      { prompt: 'if a:\n    print("yes")', answer: 'yes' },
      { prompt: `print("${wide}")`, answer: wide },
      { prompt: `_ = print("x" * 300); _ = print("unended", end="")`, answer: `${x300}\nunended` },
      { prompt: 'import time; print("soon"); time.sleep(0.5); print("late")', answer: 'soon\nlate' },
      { prompt: `print(len("${'y'.repeat(6000)}"))`, answer: '6000' },
    ],
    endless: 'print("beg" + "un")\nwhile True: pass\n',
    after: { prompt: 'a', answer: '42' },
  },
  node: {
    cases: [
      { prompt: 'var a = 42', answer: 'undefined' },
      { prompt: 'function f() {\n  return a\n}\nf()', answer: 'undefined\n42' },
      { prompt: `console.log("${wide}")`, answer: `${wide}\nundefined` },
      { prompt: 'console.log("x".repeat(300)); process.stdout.write("unended "), 1', answer: `${x300}\nunended 1` },
      {
        prompt: 'console.log("soon"); await new Promise((done) => setTimeout(done, 500)); "late"',
        answer: "soon\n'late'",
      },
    ],
    endless: 'console.log("beg" + "un"); while (true);',
    after: { prompt: 'a', answer: '42' },
  },
  sqlite3: {
    cases: [
      { prompt: 'create table t (a text);', answer: '' },
      { prompt: `insert into t values ('1'), ('${wide}');\nselect a\nfrom t;`, answer: `1\n${wide}` },
      { prompt: 'select replace(hex(zeroblob(150)), "0", "x");', answer: x300 },
    ],
    endless:
      "select 'beg' || 'un'; with recursive c(n) as (select 1 union all select n + 1 from c) select max(n) from c;",
    after: { prompt: 'select count(*) from t;', answer: '2' },
  },
  gdb: {
    cases: [
      { prompt: 'print 6*7', answer: '$1 = 42' },
      { prompt: 'set $a = 5\n\nprint $a\nprint $a + 1', answer: '$2 = 5\n$3 = 6' },
      { prompt: `echo ${wide}\\n`, answer: wide },
      { prompt: `echo ${x300}\\nunended`, answer: `${x300}\nunended` },
      { prompt: 'shell echo soon; sleep 0.5; echo late', answer: 'soon\nlate' },
    ],
    endless: 'echo begun\\n\nwhile 1\nend',
    after: { prompt: 'print $a', answer: '$4 = 5' },
  },
  bc: {
    cases: [
      { prompt: 'a = 42\na', answer: '42' },
      { prompt: 'define f(n) {\n  return (n * a)\n}\nf(2)', answer: '84' },
      { prompt: '10^299', answer: `1${'0'.repeat(299)}` },
      { prompt: 'for (i = 0; i < 400000; i++) { b = i }\nb', answer: '399999' },
    ],
    endless: 'print "beg", "un"\nwhile (1) { }',
    after: { prompt: 'a', answer: '42' },
  },
}

async function whole(t: TestContext, name: string, { cases, endless, after: last }: Interpreter): Promise<void> {
  const typed = new Typed(t, name)
  const tell = async ({ prompt, answer, exit }: Case): Promise<void> => {
    const told = await typed.tell(prompt)
    assert.equal(told.answer, answer, prompt)
    assert.deepEqual([told.done?.ok, told.done?.exit_code], [true, exit], prompt)
  }
  for (const one of cases) await tell(one)
  const ended = await typed.tell(endless, {}, after('begun'))
  assert.match(ended.interrupted ?? '', /^(keys|SIGINT)$/, JSON.stringify(ended.events.at(-1)))
  assert.equal(ended.done?.ok, false)
  await tell(last)
}

describe('interpreters in a terminal', { concurrency: 1 }, () => {
  for (const [name, interpreter] of Object.entries(interpreters)) {
    test(`${name} is told every prompt once and gives every answer whole, and is ready again after an interrupt`, async (t) => {
      if (!(await isHere(name))) return t.skip(`${name} is not on this machine`)
      return whole(t, name, interpreter)
    })
  }
})
