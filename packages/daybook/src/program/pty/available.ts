// Whether the packages for terminals are installed; without them programs are driven in their other ways.

const packages = ['@lydell/node-pty', '@xterm/headless', '@xterm/addon-serialize'] as const

/** That they load as well is seen when the first terminal is opened. */
export function hasTerminals(): boolean {
  return packages.every(isInstalled)
}

function isInstalled(name: string): boolean {
  try {
    import.meta.resolve(name)
    return true
  } catch {
    return false
  }
}
