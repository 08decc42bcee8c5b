// Texts as sentences and terms: prose without code, words cut to their stems, Chinese in pairs of signs.

const fence = /^ {0,3}(`{3,}|~{3,})[^\n]*\n[\s\S]*?(?:^ {0,3}\1[`~]*[ \t]*$|$(?![\s\S]))/gm
/** What of a text is read: its begin and its end, where people say what they want and what came of it. */
const head = 3000
const tail = 1000
const longestSentence = 240

/** The text without fenced code and marks of headings and lists. */
export function prose(text: string): string {
  const cut = text.length > head + tail ? `${text.slice(0, head)}\n${text.slice(-tail)}` : text
  return cut.includes('```') || cut.includes('~~~') ? cut.replace(fence, '\n') : cut
}

export function sentencesOf(text: string): string[] {
  return prose(text)
    .split(/(?<=[.!?…])\s+|(?<=[。！？；])|\n+/)
    .map((each) => each.replace(/^[\s>#*\-•\d.)]+(?=\p{L}|[`"'«“])/u, '').trim())
    .filter((each) => each !== '')
}

const stopWords = new Set(
  [
    'a an and are as at be been but by can could did do does for from had has have he her his how i if in into is it its',
    'just me my no not of on or our she should so some than that the their them then there these they this those to too',
    'was we were what when where which who will with would you your yes ok okay please thanks hello hi also very',
    'и в во не что он на я с со как а то все она так его но да ты к у же вы за бы по только ее её мне было вот от меня',
    'еще ещё нет о из ему теперь когда даже ну ли если уже или ни быть был него до вас нибудь вам ведь там потом себя',
    'ничего ей может они тут где есть надо ней для мы тебя их чем была сам чтоб без будто это этот эта эти при про',
    '我们 你们 他们 这个 那个 一个 可以 没有 什么 怎么 就是 但是 因为 所以 如果 还是 已经 时候 现在',
  ].flatMap((line) => line.split(' ')),
)
const wordPattern = /[\p{Script=Latin}\p{N}_]{2,}|\p{Script=Cyrillic}{2,}|\p{Script=Han}{2,}/gu
/** Endings differ behind it, in English as in Russian. */
const stem = 6

export function termsOf(sentence: string): string[] {
  const terms: string[] = []
  for (const word of sentence.toLowerCase().match(wordPattern) ?? []) {
    if (word.charCodeAt(0) >= 0x3400) pairs(word, terms)
    else if (!stopWords.has(word)) terms.push(word.length > stem ? word.slice(0, stem) : word)
  }
  return terms
}

function pairs(word: string, into: string[]): void {
  for (let at = 0; at + 1 < word.length; at++) {
    const pair = word.slice(at, at + 2)
    if (!stopWords.has(pair)) into.push(pair)
  }
}

export function isQuestion(sentence: string): boolean {
  return /[?？]["'»”)\]]*$/.test(sentence)
}

/** At most 240 UTF-16 units, in one line. */
export function clipped(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  if (line.length <= longestSentence) return line
  const cut = line.slice(0, longestSentence - 1)
  return `${/[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut}…`
}
