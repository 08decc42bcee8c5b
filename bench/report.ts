// Shows tables and bars on the terminal, and keeps one section per bench in RESULTS.md.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Bar } from './bars.ts'
import { gateLimit, holds } from './bars.ts'
import type { Table } from './harness.ts'
import { asNumber, asRatio } from './numbers.ts'

export interface Section {
  readonly name: string
  readonly tables: readonly Table[]
  readonly bars: readonly Bar[]
  readonly remarks: readonly string[]
  readonly rounds: number
  readonly quick: boolean
  readonly fsync: number
}

const resultsFile = join(import.meta.dirname, 'RESULTS.md')

const preamble = `# Measured

Every number here is a ratio between variants that took turns in one run; only such ratios mean anything on another
machine. Written by \`node bench/run.ts <name> --write\`, which replaces the section of that name. "Spread" is the
lowest and the highest ratio of the rounds.
`

export function printTable(table: Table): void {
  const lines = table.rows.map((row) => [
    row.name,
    asNumber(row.wall),
    row.cpu === null ? '-' : asNumber(row.cpu),
    asRatio(row.ratio),
    `${asNumber(row.lowest)}-${asNumber(row.highest)}`,
  ])
  console.log(`\n${table.title} (${table.rounds} rounds, base: ${table.base})`)
  print([['', table.unit, 'cpu', 'ratio', 'spread'], ...lines])
}

function print(lines: readonly (readonly string[])[]): void {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  for (const line of lines) {
    console.log(
      line
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('  '),
    )
  }
}

export function printBars(bars: readonly Bar[], remarks: readonly string[]): void {
  console.log('')
  for (const bar of bars) {
    console.log(
      `${verdict(bar).padEnd(8)} ${bar.id.padEnd(4)} ${bar.what}: ${shown(bar, bar.value)} (bar: ${bar.is} ${shown(bar, bar.limit)})`,
    )
  }
  for (const remark of remarks) console.log(`note     ${remark}`)
}

function verdict(bar: Bar): string {
  if (bar.void !== undefined) return 'void'
  if (holds(bar, bar.limit)) return 'holds'
  return holds(bar, gateLimit(bar)) ? 'narrow' : 'MISSED'
}

function shown(bar: Bar, value: number): string {
  return bar.unit === undefined ? asRatio(value) : `${asNumber(value)} ${bar.unit}`
}

/** Puts the section into RESULTS.md in place of the one with the same name, or at the end. */
export function writeSection(section: Section): void {
  const before = existsSync(resultsFile) ? readFileSync(resultsFile, 'utf8') : preamble
  writeFileSync(resultsFile, replaceSection(before, section.name, renderSection(section)))
}

/** `text` with the section `## name` exchanged for `body`, or with `body` appended. */
export function replaceSection(text: string, name: string, body: string): string {
  const lines = text.trimEnd().split('\n')
  const start = lines.indexOf(`## ${name}`)
  if (start === -1) return `${lines.join('\n')}\n\n${body.trimEnd()}\n`
  const next = lines.findIndex((line, i) => i > start && line.startsWith('## '))
  const after = next === -1 ? [] : ['', ...lines.slice(next)]
  return `${[...lines.slice(0, start), body.trimEnd(), ...after].join('\n')}\n`
}

function renderSection(section: Section): string {
  const facts = [
    new Date().toISOString().slice(0, 10),
    `Node ${process.versions.node}`,
    `SQLite ${process.versions.sqlite ?? 'unknown'}`,
    `${availableParallelism()} cores`,
    `${section.rounds} rounds`,
    section.fsync < 500 ? 'quiet disk (fdatasync below 0.5 ms)' : 'slow or busy disk (fdatasync above 0.5 ms)',
    ...(section.quick ? ['quick sizes'] : []),
  ]
  const bars = section.bars.map(
    (bar) =>
      `| ${bar.id} | ${bar.what} | ${bar.is} ${shown(bar, bar.limit)} | ${shown(bar, bar.value)} | ${bar.void ?? verdict(bar).toLowerCase()} |`,
  )
  const parts = [`## ${section.name}`, `${facts.join(', ')}.`]
  if (bars.length > 0) parts.push(['| bar | what | asked | measured | |', '|---|---|---|---|---|', ...bars].join('\n'))
  for (const table of section.tables) parts.push(renderTable(table))
  if (section.remarks.length > 0) parts.push(section.remarks.map((remark) => `- ${remark}`).join('\n'))
  return parts.join('\n\n')
}

function renderTable(table: Table): string {
  const rows = table.rows.map(
    (row) => `| ${row.name} | ${asRatio(row.ratio)} | ${asNumber(row.lowest)} to ${asNumber(row.highest)} |`,
  )
  return [`**${table.title}** (base: ${table.base})`, '', '| variant | cost | spread |', '|---|---|---|', ...rows].join(
    '\n',
  )
}
