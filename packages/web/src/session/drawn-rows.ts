// The rows of a timeline that are drawn, as they stand in the page.

/** Entries of which the rows are drawn. */
export interface DrawnSpan {
  readonly from: number
  readonly to: number
}

export interface Drawn extends DrawnSpan {
  readonly row: HTMLElement
  readonly key: string
}

/** In their order; they stand beside each other, between two spaces. */
export function drawnIn(box: HTMLElement): readonly Drawn[] {
  return [...(box.firstElementChild?.children ?? [])].flatMap((child) => {
    const row = child as HTMLElement
    const { row: key, from, to } = row.dataset
    return key === undefined ? [] : [{ row, key, from: Number(from), to: Number(to) }]
  })
}

/** Its first entry, and the pixels from the top of the box to it; null where no row is in sight. */
export function firstInSight(
  box: HTMLElement,
  drawn: readonly Drawn[],
): { readonly seq: number; readonly offset: number } | null {
  const { top, bottom } = box.getBoundingClientRect()
  for (const { row, from } of drawn) {
    const place = row.getBoundingClientRect()
    if (place.bottom > top + 1 && place.top < bottom) return { seq: from, offset: place.top - top }
  }
  return null
}
