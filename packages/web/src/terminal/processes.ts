// What programs take beside the session; all of it takes the key of the user.

import { openProcesses } from 'daybook/client'
import { baseUrl } from '../live/client.ts'
import { headers, keyedFetch } from '../live/key.ts'

export const processes = openProcesses({ url: baseUrl, headers, fetch: keyedFetch })
