// Which address shows which screen. Only Home is in the first file; every other screen is loaded when it is opened.

import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { filtersOf } from '../home/filters.tsx'
import { HomeScreen } from '../home/home-screen.tsx'
import { baseUrl } from '../live/client.ts'
import { Broken } from './broken.tsx'
import { NotHere } from './not-here.tsx'
import { Shell } from './shell.tsx'

const root = createRootRoute({ component: Shell, notFoundComponent: NotHere })

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  validateSearch: filtersOf,
  component: HomeScreen,
})

/** `address` is `id`, `id@seq` or `a..b`; see addresses.ts. */
const session = createRoute({
  getParentRoute: () => root,
  path: '/s/$address',
  component: lazyRouteComponent(() => import('../session/session-screen.tsx'), 'SessionScreen'),
})

const terminal = createRoute({
  getParentRoute: () => root,
  path: '/s/$address/p/$process',
  component: lazyRouteComponent(() => import('../terminal/terminal-screen.tsx'), 'TerminalScreen'),
})

const find = createRoute({
  getParentRoute: () => root,
  path: '/find',
  validateSearch: ({ q }: Record<string, unknown>): { q?: string } => (typeof q === 'string' && q !== '' ? { q } : {}),
  component: lazyRouteComponent(() => import('../find/find-screen.tsx'), 'FindScreen'),
})

const status = createRoute({
  getParentRoute: () => root,
  path: '/status',
  component: lazyRouteComponent(() => import('../status/status-screen.tsx'), 'StatusScreen'),
})

export const router = createRouter({
  routeTree: root.addChildren([home, session, terminal, find, status]),
  basepath: new URL(baseUrl).pathname,
  // Plain texts as they are: what somebody looks for is read and typed in the address.
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const text = new URLSearchParams(search as Record<string, string>).toString()
    return text === '' ? '' : `?${text}`
  },
  pathParamsAllowedCharacters: ['@', ':', '+', ','],
  defaultErrorComponent: Broken,
  scrollRestoration: true,
  defaultPreload: false,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
