// Addresses that are copied and said: whoever copied one is told so, without anything moving.

import { addressOf } from '../app/addresses.ts'
import { baseUrl } from '../live/client.ts'
import { say } from './saying.ts'
import { t } from './words.ts'

export function linkTo(session: string, seq: number | null): string {
  return `${baseUrl}/s/${encodeURIComponent(addressOf(session, seq)).replaceAll('%40', '@').replaceAll('%3A', ':')}`
}

export function copyLink(session: string, seq: number | null): void {
  void copyText(linkTo(session, seq), t('linkCopied'))
}

/** Pages that are no secure context have no clipboard; they are told the text instead. */
export async function copyText(text: string, said: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    say(said)
  } catch {
    say(text, 'failure')
  }
}
