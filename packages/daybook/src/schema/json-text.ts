// Reads JSON text strictly and knows where each of its fields stands, so that a fault can be pointed at.

/** Counted from 1, columns in UTF-16 units as editors count them. */
export interface Spot {
  readonly line: number
  readonly column: number
}

export type JsonText =
  | {
      readonly ok: true
      readonly value: unknown
      /** Where a field stands (`store`, `skills[2].name`), or the nearest one around it that is there. */
      spot(field: string): Spot
      /** Fields that their object names a second time; the later value would silently win. */
      readonly twice: readonly { readonly field: string; readonly spot: Spot }[]
    }
  | { readonly ok: false; readonly why: string; readonly spot: Spot }

class Misread extends Error {
  readonly at: number

  constructor(at: number, why: string) {
    super(why)
    this.at = at
  }
}

/** At most this deep, so that no file can exhaust the stack. */
const deepest = 200

const token =
  /[{}[\],:]|"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y
const space = /[ \t\n\r]*/y

export function readJson(text: string): JsonText {
  const reader = new Reader(text)
  try {
    reader.whole()
  } catch (error) {
    if (!(error instanceof Misread)) throw error
    return { ok: false, why: error.message, spot: spotOf(text, error.at) }
  }
  return {
    ok: true,
    value: JSON.parse(text),
    spot: (field) => spotOf(text, reader.near(field)),
    twice: reader.twice.map(({ field, at }) => ({ field, spot: spotOf(text, at) })),
  }
}

class Reader {
  readonly twice: { field: string; at: number }[] = []
  readonly #text: string
  readonly #places = new Map<string, number>()
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  whole(): void {
    this.#value('', 0)
    this.#space()
    if (this.#at < this.#text.length) throw this.#unexpected('the end')
  }

  /** Cuts the field back until one is known; the text's first value stands for the empty one. */
  near(field: string): number {
    for (
      let part = field;
      part !== '';
      part = part.slice(0, Math.max(part.lastIndexOf('.'), part.lastIndexOf('['), 0))
    ) {
      const at = this.#places.get(part)
      if (at !== undefined) return at
    }
    return this.#places.get('') ?? 0
  }

  #value(field: string, depth: number): void {
    this.#space()
    if (!this.#places.has(field)) this.#places.set(field, this.#at)
    if (depth > deepest) throw new Misread(this.#at, `it is nested deeper than ${deepest}`)
    const first = this.#take('a value')
    if (first === '{') this.#object(field, depth)
    else if (first === '[') this.#array(field, depth)
    else if (/^[}\],:]$/.test(first)) throw this.#back(first, 'a value')
  }

  #object(field: string, depth: number): void {
    const names = new Set<string>()
    if (this.#next('}')) return
    for (;;) {
      this.#space()
      const at = this.#at
      const key = this.#take('a name in double quotes')
      if (!key.startsWith('"')) throw this.#back(key, 'a name in double quotes')
      const name = String(JSON.parse(key))
      const path = field === '' ? name : `${field}.${name}`
      if (names.has(name)) this.twice.push({ field: path, at })
      names.add(name)
      this.#places.set(path, at)
      this.#expect(':')
      this.#value(path, depth + 1)
      if (this.#next('}')) return
      this.#expect(',', ' or }')
    }
  }

  #array(field: string, depth: number): void {
    if (this.#next(']')) return
    for (let index = 0; ; index += 1) {
      this.#value(`${field}[${index}]`, depth + 1)
      if (this.#next(']')) return
      this.#expect(',', ' or ]')
    }
  }

  #space(): void {
    space.lastIndex = this.#at
    space.test(this.#text)
    this.#at = space.lastIndex
  }

  #next(mark: string): boolean {
    this.#space()
    if (this.#text[this.#at] !== mark) return false
    this.#at += 1
    return true
  }

  #expect(mark: string, other = ''): void {
    if (!this.#next(mark)) throw this.#unexpected(`${mark}${other}`)
  }

  #take(wanted: string): string {
    this.#space()
    token.lastIndex = this.#at
    const found = token.exec(this.#text)?.[0]
    if (found === undefined) throw this.#unexpected(wanted)
    this.#at += found.length
    return found
  }

  #back(taken: string, wanted: string): Misread {
    this.#at -= taken.length
    return this.#unexpected(wanted)
  }

  #unexpected(wanted: string): Misread {
    const word = /^[\w.+-]{1,20}|^[\s\S]/u.exec(this.#text.slice(this.#at))?.[0]
    const found = word === undefined ? 'the text ends' : `${JSON.stringify(word)} stands`
    return new Misread(this.#at, `${found} where ${wanted} is expected${this.#hint(word)}`)
  }

  /** What people write who think of another language. */
  #hint(word: string | undefined): string {
    const rest = this.#text.slice(this.#at)
    if (rest.startsWith('//') || rest.startsWith('/*')) return '; JSON has no comments'
    if (word === "'") return '; JSON has double quotes only'
    if (word === '"') return '; this text is not closed on its line, or holds what must be escaped'
    const before = this.#text.slice(0, this.#at).trimEnd()
    return before.endsWith(',') && (word === '}' || word === ']') ? '; the comma before it is one too many' : ''
  }
}

function spotOf(text: string, at: number): Spot {
  const before = text.slice(0, at).split('\n')
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}
