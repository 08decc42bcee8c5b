// Texts that were typed here and stand on the screen already: when they come back from the log they are not printed again.

export class Typed {
  readonly #texts: string[] = []

  add(text: string): void {
    this.#texts.push(text)
  }

  /** It waits for its turn: when that comes, it is said again what it was. */
  waits(text: string): void {
    const at = this.#texts.lastIndexOf(text)
    if (at >= 0) this.#texts.splice(at, 1)
  }

  /** Once for each time that it was typed. */
  take(text: string): boolean {
    const at = this.#texts.indexOf(text)
    if (at >= 0) this.#texts.splice(at, 1)
    return at >= 0
  }
}
