// What was asked of the server and is kept a while; the feed says when it is stale, no timer does.

import { QueryClient } from '@tanstack/react-query'
import { isDaybookError } from 'daybook/client'

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: Number.POSITIVE_INFINITY,
      gcTime: 5 * 60_000,
      // The client repeats what waiting may heal; what comes through to here is an answer.
      retry: false,
      networkMode: 'always',
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
      throwOnError: (error) => !isDaybookError(error),
    },
    mutations: { retry: false, networkMode: 'always' },
  },
})
