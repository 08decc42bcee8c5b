// What the server does not have yet: kept in the storage of this tab until it has it, so that not even loading anew loses a text.

const prefix = 'daybook.unsent '

function read<T>(name: string): T | null {
  try {
    const text = sessionStorage.getItem(prefix + name)
    return text === null ? null : (JSON.parse(text) as T)
  } catch {
    return null // storage is switched off in this browser: texts last as long as the page
  }
}

function keep(name: string, value: unknown): void {
  try {
    if (value === null) sessionStorage.removeItem(prefix + name)
    else sessionStorage.setItem(prefix + name, JSON.stringify(value))
  } catch {
    // switched off or full: it holds until the page is closed
  }
}

/** Null: the server has what there is. An empty text was written as well: the server may still have the one before. */
export const unsentDraft = (session: string): string | null => read<string>(`draft ${session}`)
export const keepUnsentDraft = (session: string, text: string | null): void => keep(`draft ${session}`, text)

export const unsentMessages = <T>(): readonly T[] => read<readonly T[]>('messages') ?? []
export const keepUnsentMessages = (messages: readonly unknown[]): void =>
  keep('messages', messages.length === 0 ? null : messages)
