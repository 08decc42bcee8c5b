// A tiny file system of its own, where the system allows it: a real disk that is full, a real one that cannot be written.

import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'

/** Answers why there is none, or null when it is there. */
export function mountTiny(folder: string, bytes: number): string | null {
  mkdirSync(folder, { recursive: true })
  return mount(['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', folder])
}

export function mountReadOnly(folder: string): string | null {
  return mount(['-o', 'remount,ro', folder])
}

export function unmount(folder: string): void {
  execFileSync('umount', [folder])
}

function mount(args: readonly string[]): string | null {
  try {
    execFileSync('mount', args, { stdio: ['ignore', 'ignore', 'pipe'] })
    return null
  } catch (error) {
    const { stderr, message } = error as { stderr?: Buffer; message: string }
    return String(stderr ?? message).trim() || message
  }
}
