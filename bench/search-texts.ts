// Texts to look through: messages of words that are as unevenly common as those of people, in three languages, with names of code.

/** Numbers from 0 to 1, the same in every run. */
export function numbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const stems = {
  english: [
    'build',
    'test',
    'deploy',
    'token',
    'cache',
    'worker',
    'index',
    'lease',
    'query',
    'branch',
    'merge',
    'parse',
  ],
  russian: ['сбор', 'провер', 'сервер', 'запрос', 'ошибк', 'настрой', 'журнал', 'клиент', 'задач', 'ответ'],
}
const endings = { english: ['', 's', 'ed', 'ing', 'er', 'able'], russian: ['', 'а', 'ы', 'ов', 'ами', 'ка'] }
const signs = '数据库连接超时用户登录令牌缓存部署服务订单价格查询索引日志错误修复测试配置权限文件'

/** The `rank`-th word of a language: pronounceable, and other forms of few stems for the first ones. */
function word(language: 'english' | 'russian', rank: number): string {
  const own = stems[language]
  const stem = own[rank % own.length] ?? ''
  const ending = endings[language][Math.floor(rank / own.length) % 6] ?? ''
  const more = Math.floor(rank / (own.length * 6))
  const syllables =
    language === 'english'
      ? ['ba', 'co', 'di', 'fu', 'ge', 'lo', 'mi', 'ra']
      : ['ба', 'ко', 'ди', 'ло', 'ми', 'ра', 'ту', 'не']
  return more === 0
    ? stem + ending
    : [...more.toString(8)].map((digit) => syllables[Number(digit)]).join('') + stem + ending
}

/** Few words are most of what is said. */
const skewed = (number: number, count: number): number => Math.floor(count * number ** 4)

export function textOf(i: number, random: () => number): string {
  const language = i % 4 === 1 ? 'russian' : 'english'
  if (i % 8 === 3) {
    return Array.from({ length: 12 }, () => {
      const at = skewed(random(), signs.length - 8)
      return signs.slice(at, at + 4 + Math.floor(random() * 4))
    }).join('，')
  }
  const words = Array.from({ length: 60 }, () => word(language, skewed(random(), 30_000)))
  if (i % 3 === 0)
    words.push(`src/${word('english', skewed(random(), 300))}/file${i % 997}.ts`, `get${word('english', 5)}Id${i % 89}`)
  return `${words.join(' ')} mark${i}`
}

/** What is looked for: rare and common words, forms, two at once, phrases, signs, names. */
export const questions: readonly { readonly q: string; readonly bare: string }[] = [
  { q: 'deployed', bare: '"deploy"' },
  { q: 'tokens', bare: '"token"' },
  { q: 'caching', bare: '"cach"' },
  { q: 'build', bare: '"build"' },
  { q: 'leases worker', bare: '"leas" AND "worker"' },
  { q: 'query index', bare: '"queri" AND "index"' },
  { q: '"token cache"', bare: '"token cache"' },
  { q: 'серверов', bare: '"сервер"' },
  { q: 'проверка настройки', bare: '"проверк" AND "настройк"' },
  { q: 'ошибками', bare: '"ошибк"' },
  { q: '数据库', bare: '"数据 据库"' },
  { q: '用户登录', bare: '"用户 户登 登录"' },
  { q: '令牌', bare: '"令牌"' },
  { q: 'mark4711', bare: '"mark4711"' },
  { q: 'mark124', bare: '"mark124"' },
  { q: 'cotests', bare: '"cotest"' },
  { q: 'didideploying', bare: '"didideploy"' },
  { q: 'file42.ts', bare: '"fil ile le4 e42 42. 2.t .ts"' },
  { q: 'getworkerId', bare: '"get etw two wor ork rke ker eri rid"' },
  { q: 'mibranch merged', bare: '"mibranch" AND "merg"' },
]
