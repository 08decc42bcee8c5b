// Finds the expression that a sentence asks to calculate, in English, Russian and Chinese.

const spoken: readonly (readonly [RegExp, string])[] = [
  [/(\d+(?:[.,]\d+)?)\s*(?:percent|процент(?:а|ов)?)(?!\p{L})/giu, '$1%'],
  [/百分之\s*(\d+(?:\.\d+)?)/g, '$1%'],
  [/(?:the\s+)?square\s+root\s+of\s+(\d+(?:\.\d+)?|\([^()]*\))/gi, 'sqrt($1)'],
  [/(?:квадратн\p{L}+\s+)?кор(?:ень|ня)\s+(?:квадратн\p{L}+\s+)?(?:из\s+)?(\d+(?:[.,]\d+)?|\([^()]*\))/giu, 'sqrt($1)'],
  [/(\d+(?:\.\d+)?|\([^()]*\))\s*的?(?:平方根|开方)/g, 'sqrt($1)'],
  [/(?:factorial\s+of|факториал(?:\s+числа)?)\s+(\d+)/giu, '$1!'],
  [/(\d+)\s*的?阶乘/g, '$1!'],
  [/\s(?:squared|в\s+квадрате)(?!\p{L})|的?平方(?!根)/giu, '^2'],
  [/\s(?:cubed|в\s+кубе)(?!\p{L})|的?立方/giu, '^3'],
  [/\s(?:to\s+the\s+power\s+of|raised\s+to|в\s+степени)\s/giu, ' ^ '],
  [/的\s*(\d+)\s*次方/g, '^$1'],
  [/%\s*(?:of|от|из)(?!\p{L})/giu, '% *'],
  [/(\d)\s*的\s*(?=\d+(?:\.\d+)?\s*%)/g, '$1 * '],
  [/%\s*的/g, '% *'],
  [/\s(?:plus|плюс)\s|加上?/giu, ' + '],
  [/\s(?:minus|минус)\s|减去?/giu, ' - '],
  [/\s(?:times|multiplied\s+by|умножить\s+на|умноженное\s+на|помножить\s+на)\s|乘以?/giu, ' * '],
  [/\s(?:divided\s+by|over|разделить\s+на|поделить\s+на|делить\s+на|деленное\s+на|делённое\s+на)\s|除以/giu, ' / '],
  [/(?<=\d)\s*[xх]\s*(?=\d)/giu, ' * '],
]

/** What code and addresses look like, and no calculation does. */
const codeLike =
  /[;={}[\]<>$`"\\@#&|~_]|\/\/|=>|\b(?:function|return|import|require|eval|process|constructor|await|new)\b/i
const asking = /(?:=|equals?|равно|等于)\s*(?:\?|？|多少|几|what)?\s*$/iu
/** At least one operator or call, made of nothing else than arithmetic. */
const arithmetic =
  /(?:[\d.+\-*/%!^()×÷·−–,\s]|\b(?:sqrt|abs|floor|ceil|trunc|round|min|max|sum|avg|mod|pow|gcd|lcm|factorial|exp|ln|log10|log2|log|asin|acos|atan|sin|cos|tan|pi|tau|e)\b)+/gi

/** The expression in plain signs, or null where the text has none. */
export function expressionIn(text: string): string | null {
  const asked = text.trim().replace(/[?？。.!！\s]+$/u, (end) => (end.startsWith('!') && !end.includes('?') ? '!' : ''))
  const bare = asked.replace(asking, '')
  if (codeLike.test(bare)) return null
  const said = [...spoken].reduce((so, [pattern, sign]) => so.replace(pattern, sign), ` ${widthless(bare)} `)
  const found = (numbersOf(said, /[а-яё]/i.test(text)).match(arithmetic) ?? [])
    .map((each) => each.trim().replace(/^[,.*/%!^)\s]+(?=.)|[,.+\-*/^(\s]+$/g, ''))
    .filter((each) => /\d|\bpi\b/i.test(each) && isCalculation(each))
  return found.length === 1 ? (found[0] ?? null) : null
}

/** A lone number, a date or a phone number is none. */
function isCalculation(text: string): boolean {
  if (/^\d{4}-\d{1,2}-\d{1,2}\b/.test(text) || /^\+?\d+(?:-\d+){2,}$/.test(text)) return false
  return /[\d)!%]\s*[+\-*/%^×÷·−–]|\d\s*[!%(]|[a-z\d]\s*\(/i.test(text)
}

/** Full-width signs of Chinese keyboards as plain ones. */
function widthless(text: string): string {
  return text.replace(/[！-～]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0)).replaceAll('　', ' ')
}

/** `1,234.5` and `1 234,5` as plain numbers; a comma between other digits is a decimal comma in Russian only. */
function numbersOf(text: string, russian: boolean): string {
  const grouped = text.replace(/(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d,])/g, (number) =>
    russian && number.split(',').length === 2 ? number.replace(',', '.') : number.replaceAll(',', ''),
  )
  const spaced = grouped.replace(/(?<![\d.,])\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\d)/g, (number) =>
    number.replace(/\D/g, ''),
  )
  return russian ? spaced.replace(/(\d),(\d)/g, '$1.$2') : spaced
}
