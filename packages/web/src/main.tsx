// Starts the page: the words of the reader's language first, then the screen that the address names.

import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { queries } from './app/queries.ts'
import { router } from './app/router.tsx'
import { base } from './i18n/base.ts'
import { language } from './i18n/language.ts'
import { applyTheme } from './theme/theme.ts'
import './theme/styles.css'

applyTheme()
document.documentElement.lang = language
const root = document.getElementById('root')
if (!root) throw new Error('the page has no root element')
await base.load(language)
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
)
