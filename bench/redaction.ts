// What redaction adds to an append: the fast path over plain text, and how its cost grows with hostile text. It waits for
// nothing, so its bars count the processor's time, which neighbours on a shared machine do not lengthen.
import { hash } from 'node:crypto'
import { redactor } from '../packages/daybook/src/session/redact.ts'
import type { Variant } from './harness.ts'
import { Bench, timed, times } from './harness.ts'

const bench = new Bench('redaction')
const ops = bench.size(200_000, 20_000)

const english =
  'The session token is renewed each hour, and the password of the staging database was rotated last week. Keep every secret ' +
  'out of the log: a key that leaks once is a key that everybody has. When the agent asks for a token, answer with a reference; ' +
  'the runner resolves the secret at the moment a step runs, so the password never enters an entry. If you find a key in a file, ' +
  'tell the owner and rotate it before you write anything else. '
const russian =
  'Токен сессии (token) обновляется каждый час, а пароль (password) от тестовой базы сменили неделю назад. Держите каждый secret ' +
  'вне журнала: key, который утёк однажды, есть у всех. Когда агент просит token, отвечайте ссылкой. '
const chinese =
  '会话的 token 每小时更新一次,测试数据库的 password 上周已经更换。请不要把任何 secret 写进日志:泄露过一次的 key 就是所有人的 key。' +
  '当代理请求 token 时,请用引用来回答;运行步骤的时候才会解析 secret,所以 password 永远不会进入条目。'
const code =
  'function login(user: string, password: string): Promise<Token> {\n  const secret = process.env.APP_SECRET\n' +
  '  const token = sign({ sub: user, key: \'id\' }, secret)\n  if (!token) throw new Error("no token: the secret is missing")\n' +
  '  return { token: token, expires: now() + hour, key: keyOf(user) }\n}\nfor (const key of keys) map[key] = token\n'

/** The JSON of a message whose UTF-8 is `size` bytes long, give or take a character. */
function jsonOf(text: string, size: number): { role: string; content: string } {
  const message = (length: number) => ({
    role: 'assistant',
    content: text.repeat(Math.ceil(size / 100)).slice(0, length),
  })
  let length = size
  while (Buffer.byteLength(JSON.stringify(message(length))) > size) length--
  return message(length)
}

const outputLine =
  '\u001b[32m✓\u001b[0m packages/web/src/token.test.ts (12 tests) 340ms  commit 4f2a9c01d6e7b8a9c0d1e2f3a4b5c6d7e8f90123\n'
const plain = redactor()
const configured = redactor({
  values: Array.from({ length: 20 }, (_, i) => ({ name: `value-${i}`, value: `s3cr3t/${i}/ÿ${i * 7919}` })),
})
let sink = 0

function variants(name: string, text: string, size: number, count: number): Variant[] {
  const message = jsonOf(text, size)
  const json = JSON.stringify(message)
  if (!plain.clean(json) || !configured.clean(json)) throw new Error(`${name} is meant to be clean`)
  const run =
    (work: () => number): Variant['round'] =>
    () =>
      timed(() => {
        for (let i = 0; i < count; i++) sink += work()
        return count
      })
  return [
    {
      name: `${name}: JSON.stringify + 2 sha256`,
      round: run(() => hash('sha256', JSON.stringify(message)).length + hash('sha256', json).length),
    },
    { name: `${name}: clean`, round: run(() => (plain.clean(json) ? 1 : 0)) },
    { name: `${name}: clean, 20 values`, round: run(() => (configured.clean(json) ? 1 : 0)) },
    { name: `${name}: value`, round: run(() => plain.value(message).found.length) },
  ]
}

const texts = { English: english, Russian: russian, Chinese: chinese, code }
for (const [name, text] of Object.entries(texts)) {
  const base = `${name}: JSON.stringify + 2 sha256`
  const table = await bench.race(
    `A message of 500 bytes, ${name}`,
    'us per message',
    base,
    variants(name, text, 500, ops),
  )
  // A quick run is too short for these: it measures how patterns and code get warm.
  if (bench.flags.quick) continue
  bench.bar({
    id: `redaction ${name} share`,
    what: 'the fast path to JSON.stringify + 2 sha256',
    value: times(table, `${name}: clean`, base, 'cpu'),
    is: 'at most',
    limit: 0.8,
  })
}
await bench.race(
  'Process output of 64 KiB',
  'us per batch',
  'output: JSON.stringify + 2 sha256',
  variants('output', outputLine, 65_536, Math.ceil(ops / 200)),
)

/** Times what prose costs, at most: a text of names and refused values is looked at, one of secrets is also replaced. */
const refused = 5
const replaced = 20
const hostile = [
  'a',
  'eyJ',
  '-----BEGIN',
  '-----BEGIN PRIVATE KEY-----',
  'password=',
  'password:',
  'password=A1b2C3d4 ',
  '://a:',
  '://a:b1c2d3e4@',
  'sk-',
  '[redacted:',
  'Pwd:base64',
  'pwd:aB',
  'Pwd:2020-01-01',
  '\\',
]
const names = ['Pwd:md', 'Pwd:md5', 'PwD:', 'Pwd:v1']
const sized = (unit: string, size: number): Variant => {
  const text = unit.repeat(Math.ceil(size / unit.length))
  return {
    name: `${JSON.stringify(unit.slice(0, 40))}, ${size >> 10} KiB`,
    round: () =>
      timed(() => {
        if (plain.clean(JSON.stringify(text))) sink++
        sink += plain.text(text).found.length
        return 1
      }),
  }
}
const length = bench.size(1 << 20, 1 << 19)
const prose = sized(english, length)
for (const unit of [...hostile, ...names]) {
  const [small, large] = [sized(unit, length / 4), sized(unit, length)]
  const title = `Hostile text of ${JSON.stringify(unit)}`
  const table = await bench.race(title, 'us', small.name, [small, large, prose])
  bench.bar({
    id: `redaction of ${JSON.stringify(unit)}`,
    what: 'four times the text',
    value: times(table, large.name, small.name, 'cpu'),
    is: 'at most',
    limit: 6,
  })
  bench.bar({
    id: `redaction of ${JSON.stringify(unit)} to prose`,
    what: 'as much of it as of English',
    value: times(table, large.name, prose.name, 'cpu'),
    is: 'at most',
    limit: names.includes(unit) ? refused : replaced,
  })
}
bench.remark(`Replaced so many times that nothing was left out: ${sink > 0}.`)
bench.finish()
