// What keys that a phone has not send to a terminal.

export const screenKeys = ['escape', 'tab', 'interrupt', 'left', 'up', 'down', 'right'] as const
export type ScreenKey = (typeof screenKeys)[number]

const arrows = { up: 'A', down: 'B', right: 'C', left: 'D' } as const

/** `application`: the program asked for arrows as keys of its own (DECCKM). */
export function keyText(key: ScreenKey, application: boolean): string {
  switch (key) {
    case 'escape':
      return '\x1b'
    case 'tab':
      return '\t'
    case 'interrupt':
      return '\x03'
    default:
      return `\x1b${application ? 'O' : '['}${arrows[key]}`
  }
}
