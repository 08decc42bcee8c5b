// What is safe to put into a page.

import { createHash } from 'node:crypto'

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text for an element or a quoted attribute. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (char) => entities[char] ?? char)
}

/** How a Content-Security-Policy names an inline script or style that may be there. */
export function hashSource(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}

/** Headers of pages: nothing from elsewhere, in no frame, and nobody is told where the reader came from. */
export function pageHeadersFor(policy: string, base = "'none'"): Readonly<Record<string, string>> {
  return {
    'content-security-policy': `default-src 'none'; base-uri ${base}; form-action 'none'; frame-ancestors 'none'; ${policy}`,
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-frame-options': 'DENY',
  }
}
