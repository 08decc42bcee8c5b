// A map for what comes and goes all the time: runs that are performed, sessions that are worked on, leases that are held.

/** So many may go before the map is made anew, however few are there. */
const least = 32

/**
 * A map keeps its former tables in a chain, oldest first, and what was in them; once the oldest is old enough for the collector
 * to leave it alone, all that came later stays with it. So this one takes a new map when more have gone than are there.
 */
export class Passing<Key, Value> {
  #map = new Map<Key, Value>()
  #gone = 0

  get size(): number {
    return this.#map.size
  }

  get(key: Key): Value | undefined {
    return this.#map.get(key)
  }

  has(key: Key): boolean {
    return this.#map.has(key)
  }

  set(key: Key, value: Value): void {
    this.#map.set(key, value)
  }

  /** False where there was none. Not while the values are walked over. */
  delete(key: Key): boolean {
    if (!this.#map.delete(key)) return false
    this.#gone += 1
    if (this.#gone > Math.max(this.#map.size, least)) {
      this.#map = new Map(this.#map)
      this.#gone = 0
    }
    return true
  }

  /** In the order in which they came. */
  values(): readonly Value[] {
    return [...this.#map.values()]
  }
}
