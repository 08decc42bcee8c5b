// One notification of the system for each request, where the reader asked for them and does not look.

import { preferences } from './preferences.ts'

/** The same request again, from whichever tab, replaces the first: its name is its tag. */
export function notify(request: string, text: string, session: string): void {
  if (!preferences.get('notify') || !document.hidden) return
  if (!('Notification' in window) || Notification.permission !== 'granted') return
  const shown = new Notification('daybook', { body: text, tag: request })
  shown.addEventListener('click', () => {
    window.focus()
    window.dispatchEvent(new CustomEvent('daybook:open', { detail: session }))
    shown.close()
  })
}

/** Asks the reader; false where the browser or the reader refuses. */
export async function mayNotify(): Promise<boolean> {
  return 'Notification' in window && (await Notification.requestPermission()) === 'granted'
}
