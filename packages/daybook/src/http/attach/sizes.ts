// Who decides the size of a screen that several look at: whoever typed last.

export interface Size {
  readonly cols: number
  readonly rows: number
}

export interface Seat {
  /** What it would have; null: it takes what there is. */
  size: Size | null
  /** The screen has this size from now on. */
  resized(size: Size): void
}

interface Room {
  readonly seats: Set<Seat>
  leader: Seat | null
  size: Size | null
}

export class Sizes {
  readonly #resize: (name: string, size: Size) => Promise<void>
  readonly #rooms = new Map<string, Room>()

  constructor(resize: (name: string, size: Size) => Promise<void>) {
    this.#resize = resize
  }

  /** Whoever is alone decides. */
  async join(name: string, seat: Seat): Promise<void> {
    const room = this.#rooms.get(name) ?? { seats: new Set(), leader: null, size: null }
    this.#rooms.set(name, room)
    room.seats.add(seat)
    if (room.leader === null) await this.#lead(name, room, seat)
  }

  async typed(name: string, seat: Seat): Promise<void> {
    const room = this.#rooms.get(name)
    if (room && room.leader !== seat) await this.#lead(name, room, seat)
  }

  async want(name: string, seat: Seat, size: Size): Promise<void> {
    seat.size = size
    const room = this.#rooms.get(name)
    if (room && (room.leader === seat || room.leader === null)) await this.#lead(name, room, seat)
  }

  leave(name: string, seat: Seat): void {
    const room = this.#rooms.get(name)
    room?.seats.delete(seat)
    if (room?.seats.size === 0) this.#rooms.delete(name)
    else if (room?.leader === seat) room.leader = null
  }

  async #lead(name: string, room: Room, seat: Seat): Promise<void> {
    const { size } = seat
    if (size === null) return
    room.leader = seat
    if (room.size?.cols === size.cols && room.size.rows === size.rows) return
    room.size = size
    await this.#resize(name, size)
    for (const other of room.seats) other.resized(size)
  }
}
