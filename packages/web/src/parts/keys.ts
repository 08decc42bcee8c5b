// Keys: one table of what they do, who listens, and when they stay silent. People may choose others or switch letters off.

import { useEffect, useEffectEvent } from 'react'
import { preferences } from './preferences.ts'

/** `Mod` is Ctrl, or ⌘ on a Mac; two keys with a space between are pressed one after the other within a second. */
export const keyTable = {
  palette: 'Mod+k',
  find: 'Mod+Shift+F',
  help: '?',
  region: 'F6',
  down: 'j',
  up: 'k',
  nextNeed: 'n',
  previousNeed: 'Shift+N',
  findHere: '/',
  end: 'e',
  approve: 'y',
  deny: 'd',
  copyLink: 'c',
  pin: 'p',
  unread: 'u',
  interrupt: 'x x',
  previousTurn: '[',
  nextTurn: ']',
  previousMark: '{',
  nextMark: '}',
  fork: 'f',
  terminal: 't',
} as const satisfies Record<string, string>
export type KeyName = keyof typeof keyTable

/** What stands in a keyboard event, without React. */
export type Pressed = Pick<
  KeyboardEvent,
  'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey' | 'isComposing' | 'keyCode' | 'repeat' | 'target'
>

export function keyOf(name: KeyName): string {
  return preferences.get('keys')?.[name] ?? keyTable[name]
}

/** One key press as the table writes it: `Mod+k`, `Shift+N`, `F6`. */
export function strokeOf({ key, ctrlKey, metaKey, altKey, shiftKey }: Pressed): string {
  const letter = /^\p{Lu}$/u.test(key)
  return `${ctrlKey || metaKey ? 'Mod+' : ''}${altKey ? 'Alt+' : ''}${shiftKey && (letter || key.length > 1) ? 'Shift+' : ''}${key}`
}

/** A key that writes a sign: dead where people write, and everywhere once letters are switched off. */
const isLetter = (stroke: string): boolean => !/Mod\+|Alt\+|^F\d/.test(stroke)

function writes(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement)
    return true
  return target instanceof HTMLInputElement && !/^(?:button|checkbox|radio|range|submit)$/.test(target.type)
}

/** While an input method composes, every key is its own; 229 is how older ones say so. */
export function isComposing({ isComposing, keyCode }: Pick<Pressed, 'isComposing' | 'keyCode'>): boolean {
  return isComposing || keyCode === 229
}

/** Whether this press is the whole of that key; keys of two strokes are heard by {@link useKey} alone. */
export function isKey(event: Pressed, name: KeyName): boolean {
  const key = keyOf(name)
  if (isComposing(event) || strokeOf(event) !== key) return false
  return !isLetter(key) || (preferences.get('letters') !== false && !writes(event.target))
}

interface Hearer {
  readonly name: KeyName
  /** Also while a dialog is open. */
  readonly always: boolean
  hear(event: KeyboardEvent): unknown
}

/** The newest first: what opened last hears first. */
const hearers: Hearer[] = []
/** Milliseconds between two strokes of one key. */
const together = 1000
let before: { readonly stroke: string; readonly at: number } | null = null

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || isComposing(event)) return
  const stroke = strokeOf(event)
  if (isLetter(stroke) && (preferences.get('letters') === false || writes(event.target))) return
  const now = performance.now()
  const both = before !== null && now - before.at <= together && !event.repeat ? `${before.stroke} ${stroke}` : null
  const open = document.querySelector('dialog:modal') !== null
  before = { stroke, at: now }
  for (const { name, always, hear } of hearers) {
    const key = keyOf(name)
    if ((key !== stroke && key !== both) || (open && !always)) continue
    if (hear(event) === false) continue
    event.preventDefault()
    if (key === both) before = null
    return
  }
}

/** `hear` returns false to leave the key to whoever listened before. */
export function useKey(name: KeyName, hear: (event: KeyboardEvent) => unknown, always = false): void {
  const heard = useEffectEvent(hear)
  useEffect(() => {
    const hearer: Hearer = { name, always, hear: (event) => heard(event) }
    if (hearers.length === 0) window.addEventListener('keydown', onKeyDown)
    hearers.unshift(hearer)
    return () => {
      hearers.splice(hearers.indexOf(hearer), 1)
      if (hearers.length === 0) window.removeEventListener('keydown', onKeyDown)
    }
  }, [name, always])
}

/** As it stands on the keyboard of the reader. */
export function keyText(key: string): string {
  const mac = /Mac|iPhone|iPad/.test(navigator.userAgent)
  return key
    .replace(/^Mod\+/, mac ? '⌘ ' : 'Ctrl ')
    .replace('Shift+', '⇧ ')
    .replace(/(?<= )\p{Ll}$/u, (letter) => letter.toUpperCase())
}
