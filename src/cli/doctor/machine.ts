import { constants } from 'node:fs'
import { access, open, statfs, unlink } from 'node:fs/promises'
import { arch, availableParallelism, cpus, homedir, platform, release, totalmem } from 'node:os'
import { join, resolve } from 'node:path'
import { packageVersion } from '../../files/package-files.js'
import { reason } from '../../files/reason.js'
import { codeHash } from '../shell/code-hash.js'
import { type ProcessLimits, processLimits } from '../shell/process-limits.js'
import type { Finding } from './finding.js'

/** What runs, and on what. */
export interface Machine {
  readonly versions: {
    readonly dolphin: string
    readonly node: string
    readonly v8: string
    /** SHA-256 of the running code, first 16 hex digits. */
    readonly code: string
  }
  readonly platform: {
    readonly os: string
    readonly release: string
    readonly arch: string
    readonly processor: string
    readonly cores: number
    readonly memoryGiB: number
  }
  readonly limits: ProcessLimits
}

/** The least Node version that this package is tested on. */
const NODE_LEAST = [20, 20] as const
/** A session holds some dozens of files; a service with its sockets some hundreds. */
const OPEN_FILES_LEAST = 1_024
/** The shares of a full disk at which a session opens nothing, and at which it closes: spec, "/status", amendments. */
const DISK_HIGH = 0.85
const DISK_CRITICAL = 0.95

export function machine(): Machine {
  return {
    versions: {
      dolphin: packageVersion(),
      node: process.versions.node,
      v8: process.versions.v8,
      code: codeHash().slice(0, 16),
    },
    platform: {
      os: platform(),
      release: release(),
      arch: arch(),
      processor: cpus()[0]?.model.trim() ?? 'unknown processor',
      cores: availableParallelism(),
      memoryGiB: Math.round(totalmem() / 2 ** 30),
    },
    limits: processLimits(),
  }
}

export function versionFindings({ versions }: Machine): Finding[] {
  const [major = 0, minor = 0] = versions.node.split('.').map(Number)
  const isOld = major < NODE_LEAST[0] || (major === NODE_LEAST[0] && minor < NODE_LEAST[1])
  const says = `${versions.node}; ${NODE_LEAST.join('.')} or newer is needed`
  return [
    isOld
      ? { check: 'node', state: 'bad', says, remedy: 'Install a newer Node.' }
      : { check: 'node', state: 'ok', says },
  ]
}

export function limitFindings({ limits: { openFiles, fileSizeBytes } }: Machine): Finding[] {
  const findings: Finding[] = []
  const says = openFiles === null ? 'no limit' : `${openFiles} at once`
  findings.push(
    openFiles !== null && openFiles < OPEN_FILES_LEAST
      ? { check: 'open files', state: 'warn', says, remedy: `Allow at least ${OPEN_FILES_LEAST} (ulimit -n).` }
      : { check: 'open files', state: 'ok', says },
  )
  if (fileSizeBytes !== null) {
    const remedy = 'A journal that meets the limit fails, and the session is killed: lift it (ulimit -f unlimited).'
    findings.push({ check: 'file size', state: 'warn', says: `limited to ${fileSizeBytes} bytes`, remedy })
  }
  return findings
}

/** The disk of a folder, and what one durable write there takes: the journals wait for it. */
export async function diskFindings(folder: string): Promise<Finding[]> {
  const { blocks, bavail, bsize } = await statfs(folder)
  const used = blocks === 0 ? 0 : 1 - bavail / blocks
  const says = `${gib(bavail * bsize)} GiB free of ${gib(blocks * bsize)} below ${withoutHome(folder)} (${(used * 100).toFixed(0)} % used)`
  const space: Finding =
    used >= DISK_CRITICAL
      ? { check: 'disk', state: 'bad', says, remedy: 'A session is killed on such a disk: make room.' }
      : used >= DISK_HIGH
        ? { check: 'disk', state: 'warn', says, remedy: 'A session opens nothing on such a disk: make room.' }
        : { check: 'disk', state: 'ok', says }
  return [space, await durableWrite(folder)]
}

const WRITES = 5

async function durableWrite(folder: string): Promise<Finding> {
  const check = 'durable write'
  const path = join(folder, `.dolphin-doctor-${process.pid}.tmp`)
  try {
    await access(folder, constants.W_OK)
    const file = await open(path, 'wx')
    const takenMs: number[] = []
    try {
      for (let i = 0; i < WRITES; i++) {
        const startedMs = performance.now()
        await file.write('dolphin doctor\n')
        await file.sync()
        takenMs.push(performance.now() - startedMs)
      }
    } finally {
      await file.close()
      await unlink(path)
    }
    takenMs.sort((a, b) => a - b)
    return {
      check,
      state: 'ok',
      says: `${takenMs[WRITES >> 1]!.toFixed(2)} ms for an append and fsync, median of ${WRITES}`,
    }
  } catch (error) {
    return { check, state: 'bad', says: `not possible in ${withoutHome(folder)}: ${reason(error)}` }
  }
}

/** A path without the name of whose home it is in. */
function withoutHome(path: string): string {
  const whole = resolve(path)
  return whole.startsWith(homedir()) ? `~${whole.slice(homedir().length)}` : whole
}

function gib(bytes: number): string {
  return (bytes / 2 ** 30).toFixed(1)
}
