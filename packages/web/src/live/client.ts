// The one client of the page, at the address that the page itself was loaded from.

import { openClient } from 'daybook/client'
import { headers, keyedFetch, startKey } from './key.ts'
import { watched } from './trouble.ts'

/** Of the page, with its path prefix and without a slash at the end. */
export const baseUrl = document.baseURI.replace(/[?#].*$/, '').replace(/\/+$/, '')

export const client = openClient({
  url: baseUrl,
  headers,
  fetch: (input, init) => watched(keyedFetch(input, init), init?.method),
})
void startKey(async (code) => (await client.takeCode(code)).key)
