// Addresses of sessions as they stand in the page: one session, one at an entry, two that are compared.

export type SessionAddress =
  | { readonly type: 'session'; readonly id: string; readonly seq: number | null }
  | { readonly type: 'compare'; readonly a: string; readonly b: string }

const atEntry = /^(.+)@([1-9]\d{0,15})$/s
const between = /^([^.].*?)\.\.([^.].*)$/s

/** The part behind `/s/`, decoded. Ids may begin with `@`; one that ends like an entry's number is never made. */
export function parseAddress(text: string): SessionAddress {
  const two = between.exec(text)
  if (two?.[1] && two[2]) return { type: 'compare', a: two[1], b: two[2] }
  const entry = atEntry.exec(text)
  if (entry?.[1]) return { type: 'session', id: entry[1], seq: Number(entry[2]) }
  return { type: 'session', id: text, seq: null }
}

/** The part behind `/s/`, not yet encoded. */
export function addressOf(id: string, seq?: number | null): string {
  return seq === undefined || seq === null ? id : `${id}@${seq}`
}
