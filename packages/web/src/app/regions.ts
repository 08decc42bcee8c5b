// The regions of a screen, one after the other by one key, also out of a terminal that keeps all others.

/** Elements with `data-region`, as they stand in the page; focus goes to the first thing in one, or to itself. */
export function nextRegion(by: 1 | -1): void {
  const regions = [...document.querySelectorAll<HTMLElement>('[data-region]')].filter(
    (one) => one.offsetParent !== null || one.offsetHeight > 0,
  )
  if (regions.length === 0) return
  const here = regions.findLastIndex((one) => one.contains(document.activeElement))
  const next = regions[(here + by + regions.length) % regions.length]
  if (!next) return
  const first = next.matches('[tabindex]')
    ? next
    : next.querySelector<HTMLElement>('a[href], button:not(:disabled), input, select, textarea, [tabindex="0"]')
  // A region that holds nothing to press takes the focus itself, or the next press would find nobody in it.
  if (!first) next.tabIndex = -1
  ;(first ?? next).focus()
}
