import { fileURLToPath } from 'node:url'
import type { Place } from '../base/mistakes.js'
import { displayPath } from './package-files.js'

/** The innermost line of somebody's own code in a stack: not of Node, not of a package, not of this one. */
export function authorPlace(error: unknown): Place | undefined {
  if (!(error instanceof Error)) return undefined
  for (const line of (error.stack ?? '').split('\n')) {
    const [, url, row, column] = /(file:\/\/\S+?):(\d+)(?::(\d+))?\)?$/.exec(line.trim()) ?? []
    if (url === undefined || !isAuthors(url)) continue
    const place = { file: displayPath(fileURLToPath(url)), line: Number(row) }
    return column === undefined ? place : { ...place, column: Number(column) }
  }
  return undefined
}

/** Whether a module is neither this package's nor one that was installed. */
export function isAuthors(url: string): boolean {
  if (!url.startsWith('file://')) return false
  const path = fileURLToPath(url)
  return !path.startsWith(OURS) && !path.includes('node_modules')
}

/** `src/` or `dist/`. */
const OURS = fileURLToPath(new URL('..', import.meta.url))
