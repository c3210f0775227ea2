import { basename, dirname, join } from 'node:path'
import { SurroundingsFailed } from '../base/mistakes.js'
import { displayPath } from './package-files.js'
import { reason } from './reason.js'
import { targetOfTemporary } from './whole-file.js'

/**
 * What a person is told of an error of the operating system that nobody said more of: the path, and why. Undefined for any
 * other error: that is a defect.
 */
export function systemFailure(error: unknown): SurroundingsFailed | undefined {
  if (!(error instanceof Error)) return undefined
  const { code, syscall, path, dest } = error as NodeJS.ErrnoException & { readonly dest?: string }
  if (syscall === undefined || code === undefined || !/^E[A-Z0-9]+$/.test(code)) return undefined
  const about = dest ?? path
  if (about === undefined) return new SurroundingsFailed(reason(error))
  const work = WORKS[syscall] ?? 'use'
  return new SurroundingsFailed({ place: displayPath(nameOf(about)), message: `cannot ${work} it: ${reason(error)}` })
}

/** Calls by what they are for, to whoever does not know them. */
const WORKS: Readonly<Record<string, string>> = {
  ...{ open: 'open', read: 'read', readlink: 'read', scandir: 'read', stat: 'read', lstat: 'read', access: 'read' },
  ...{ write: 'write', writev: 'write', fsync: 'write', fdatasync: 'write', ftruncate: 'write', copyfile: 'write' },
  ...{ mkdir: 'make', mkdtemp: 'make', rename: 'write', link: 'make', unlink: 'remove', rmdir: 'remove', rm: 'remove' },
}

/** Nobody knows a file by the name that it has while it is written. */
function nameOf(path: string): string {
  const target = targetOfTemporary(basename(path))
  return target === undefined ? path : join(dirname(path), target)
}
