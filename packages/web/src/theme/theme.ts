// Light or dark: as the system has it, until somebody chooses.

import { preferences } from '../parts/preferences.ts'

export function applyTheme(): void {
  const show = (): void => {
    const theme = preferences.get('theme')
    if (theme === undefined) delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = theme
  }
  show()
  preferences.onChange(show)
}
