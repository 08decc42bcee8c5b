// What programs take beside the session: the key of the user, which this tab forgets when it is closed.

import { openProcesses, type RemoteProcesses } from 'daybook/client'
import { baseUrl } from '../live/client.ts'

const name = 'daybook.key'
let key: string | null = stored()

function stored(): string | null {
  try {
    return sessionStorage.getItem(name)
  } catch {
    return null // switched off in this browser: it is asked for again in each tab
  }
}

export function giveKey(text: string): void {
  key = text
  try {
    sessionStorage.setItem(name, text)
  } catch {
    // it is known as long as the page is open
  }
}

export function processes(): RemoteProcesses {
  return openProcesses({ url: baseUrl, ...(key === null ? {} : { headers: { authorization: `Bearer ${key}` } }) })
}
