import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { resolve, sep } from 'node:path'

/** Which call fails, and how. */
export interface Fault {
  /** Calls count only below this folder. */
  readonly under: string
  /** The call, from 1; 0: none. */
  readonly at: number
  /** Which of the errors that such a call can have. */
  readonly error: number
  /** Every later call of the same kind fails, too: a disk that stays full. */
  readonly stays: boolean
}

export interface Counted {
  readonly calls: number
  /** What the calls were about. */
  readonly paths: ReadonlySet<string>
  /** What was made to fail; undefined when it did not come to that. */
  readonly failed: { readonly call: string; readonly code: string; readonly path: string } | undefined
}

/** Makes calls of `node:fs` fail while `run` is at work, and counts them. One at a time. */
export async function withFault<T>(fault: Fault, run: () => Promise<T>): Promise<{ result: T } & Counted> {
  install()
  active = { fault: { ...fault, under: resolve(fault.under) + sep }, calls: 0, paths: new Set(), failed: undefined }
  const mine = active
  try {
    const result = await run()
    return { result, calls: mine.calls, paths: mine.paths, failed: mine.failed }
  } finally {
    active = undefined
  }
}

let active: { readonly fault: Fault; readonly paths: Set<string>; calls: number; failed: Counted['failed'] } | undefined
let installed = false

/** What each kind of call can answer. */
const ERRORS: Readonly<Record<string, readonly string[]>> = {
  open: ['EACCES', 'EMFILE', 'EROFS', 'ENOSPC', 'EISDIR', 'ENOTDIR'],
  readFile: ['EACCES', 'EISDIR', 'EIO', 'EMFILE'],
  read: ['EIO', 'EISDIR'],
  writeFile: ['ENOSPC', 'EACCES', 'EROFS'],
  write: ['ENOSPC', 'EIO'],
  sync: ['EIO', 'ENOSPC'],
  readdir: ['EACCES', 'ENOTDIR', 'EMFILE'],
  look: ['EACCES', 'ENOTDIR'],
  mkdir: ['EACCES', 'EROFS', 'ENOSPC'],
  change: ['EROFS', 'EACCES'],
}

const TEXTS: Readonly<Record<string, readonly [errno: number, text: string]>> = {
  EACCES: [-13, 'permission denied'],
  EMFILE: [-24, 'too many open files'],
  EROFS: [-30, 'read-only file system'],
  ENOSPC: [-28, 'no space left on device'],
  EISDIR: [-21, 'illegal operation on a directory'],
  ENOTDIR: [-20, 'not a directory'],
  EIO: [-5, 'i/o error'],
}

const KINDS: Readonly<Record<string, keyof typeof ERRORS>> = {
  ...{ open: 'open', readFile: 'readFile', writeFile: 'writeFile', appendFile: 'writeFile', copyFile: 'writeFile' },
  ...{ readdir: 'readdir', stat: 'look', lstat: 'look', access: 'look', realpath: 'look', readlink: 'look' },
  ...{ mkdir: 'mkdir', mkdtemp: 'mkdir', rename: 'change', unlink: 'change', rm: 'change', rmdir: 'change' },
  ...{ link: 'change', utimes: 'change', truncate: 'change', symlink: 'change', chmod: 'change' },
}

const ON_HANDLES: Readonly<Record<string, keyof typeof ERRORS>> = {
  ...{ read: 'read', readFile: 'read', stat: 'look', write: 'write', writev: 'write', writeFile: 'write' },
  ...{ appendFile: 'write', sync: 'sync', datasync: 'sync', truncate: 'write' },
}

/** The error that this call is to have. `pathShown`: calls on open files do not tell theirs. */
function failureOf(call: string, kind: string, path: string, pathShown: boolean): Error | undefined {
  if (active === undefined || !`${path}${sep}`.startsWith(active.fault.under)) return undefined
  const { at, error, stays } = active.fault
  active.calls++
  active.paths.add(path)
  const again = stays && active.failed !== undefined && KIND_OF[active.failed.call] === kind
  if (active.calls !== at && !again) return undefined
  const codes = ERRORS[kind]!
  const code = active.failed?.code ?? codes[error % codes.length]!
  active.failed ??= { call, code, path }
  const [errno, text] = TEXTS[code]!
  const syscall = { readFile: 'read', writeFile: 'write', datasync: 'fdatasync', sync: 'fsync' }[call] ?? call
  const message = `${code}: ${text}, ${syscall}${pathShown ? ` '${path}'` : ''}`
  return Object.assign(new Error(message), { errno, code, syscall, ...(pathShown && { path }) })
}

const KIND_OF: Readonly<Record<string, string>> = { ...ON_HANDLES, ...KINDS }

type Call = (this: unknown, ...args: unknown[]) => unknown
type Calls = Record<string, Call>

const text = (path: unknown): string => (typeof path === 'number' ? (OPEN.get(path) ?? '') : resolve(String(path)))
/** Paths of open files. */
const OPEN = new Map<number, string>()

function install(): void {
  if (installed) return
  installed = true
  const [plain, promises] = [fs as unknown as Calls, fs.promises as unknown as Calls]
  for (const [name, kind] of Object.entries(KINDS)) {
    replace(
      plain,
      `${name}Sync`,
      (call) =>
        function (...args) {
          const failure = failureOf(name, kind, text(args[0]), true)
          if (failure !== undefined) throw failure
          const answer = call.apply(this, args)
          if (name === 'open') OPEN.set(answer as number, text(args[0]))
          return answer
        },
    )
    replace(
      promises,
      name,
      (call) =>
        async function (...args) {
          const failure = failureOf(name, kind, text(args[0]), true)
          if (failure !== undefined) throw failure
          const answer = await call.apply(this, args)
          if (name === 'open') opened(answer as fs.promises.FileHandle, text(args[0]))
          return answer
        },
    )
  }
  for (const [name, kind] of [
    ['readSync', 'read'],
    ['writeSync', 'write'],
    ['fsyncSync', 'sync'],
  ] as const) {
    replace(
      plain,
      name,
      (call) =>
        function (...args) {
          const failure = failureOf(name.replace('Sync', ''), kind, text(args[0]), false)
          if (failure !== undefined) throw failure
          return call.apply(this, args)
        },
    )
  }
  // What streams call.
  for (const [name, kind] of [
    ['open', 'open'],
    ['read', 'read'],
    ['write', 'write'],
    ['writev', 'write'],
  ] as const) {
    replace(
      plain,
      name,
      (call) =>
        function (...args) {
          const done = args.at(-1) as (error: Error | null, ...answer: unknown[]) => void
          const failure = failureOf(name, kind, text(args[0]), name === 'open')
          if (failure !== undefined) return void process.nextTick(done, failure)
          if (name !== 'open') return call.apply(this, args)
          return call.apply(this, [
            ...args.slice(0, -1),
            (error: Error | null, descriptor: number) => {
              if (error === null) OPEN.set(descriptor, text(args[0]))
              done(error, descriptor)
            },
          ])
        },
    )
  }
  syncBuiltinESMExports()
}

function replace(target: Calls, name: string, made: (call: Call) => Call): void {
  const call = target[name]
  if (typeof call === 'function') target[name] = Object.assign(made(call), call)
}

const HANDLE_PATHS = new WeakMap<object, string>()
let prototypePatched = false

function opened(handle: fs.promises.FileHandle, path: string): void {
  HANDLE_PATHS.set(handle, path)
  if (prototypePatched) return
  prototypePatched = true
  const prototype = Object.getPrototypeOf(handle) as Calls
  for (const [name, kind] of Object.entries(ON_HANDLES)) {
    replace(
      prototype,
      name,
      (call) =>
        async function (...args) {
          const failure = failureOf(name, kind, HANDLE_PATHS.get(this as object) ?? '', false)
          if (failure !== undefined) throw failure
          return await call.apply(this, args)
        },
    )
  }
}
