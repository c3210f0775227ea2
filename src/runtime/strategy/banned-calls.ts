import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { authorPlace } from '../../files/author-place.js'

/**
 * Keeps a strategy's code from what would make its decisions depend on more than its bars, and from ending the process that
 * asks it: in this thread a clock, a source of chance and an exit throw when they are called from a file of somebody's own,
 * and do for everybody else what they always do. A package that the strategy uses is the strategy's own call.
 *
 * @returns what lifts the ban again; banned twice, it ends with the second lifting.
 */
export function banForAuthors(): () => void {
  if (bans++ === 0) {
    restore = BANNED.map(({ of, name, instead }) => banned(of, name, instead))
    syncBuiltinESMExports()
  }
  let isLifted = false
  return () => {
    if (isLifted) return
    isLifted = true
    if (--bans > 0) return
    for (const back of restore.reverse()) back()
    syncBuiltinESMExports()
  }
}

/** How many bans are in force in this thread, and what lifts them. */
let bans = 0
let restore: (() => void)[] = []

const TIME = "a bar's timestampMs is the time"
const CHANCE = 'the same bars must give the same mandates'
const END = 'throw an error to fail'

type Called = (...args: never[]) => unknown

/** Objects and the functions of theirs that are banned, as the author wrote them; `instead`: what to do. */
const BANNED: readonly { readonly of: object; readonly name: string; readonly instead: string }[] = [
  { of: globalThis, name: 'Date', instead: TIME },
  { of: Date, name: 'now', instead: TIME },
  { of: performance, name: 'now', instead: TIME },
  { of: process.hrtime, name: 'bigint', instead: TIME },
  { of: process, name: 'hrtime', instead: TIME },
  { of: process, name: 'uptime', instead: TIME },
  { of: Math, name: 'random', instead: CHANCE },
  { of: crypto.webcrypto, name: 'getRandomValues', instead: CHANCE },
  { of: crypto.webcrypto, name: 'randomUUID', instead: CHANCE },
  ...['randomBytes', 'randomInt', 'randomUUID', 'randomFill', 'randomFillSync'].map((name) => ({
    of: crypto,
    name,
    instead: CHANCE,
  })),
  ...['exit', 'reallyExit', 'abort', 'kill'].map((name) => ({ of: process, name, instead: END })),
]

const NAMES = new Map<object, string>([
  [Date, 'Date'],
  [performance, 'performance'],
  [process.hrtime, 'process.hrtime'],
  [process, 'process'],
  [Math, 'Math'],
  [crypto.webcrypto, 'crypto'],
  [crypto, 'crypto'],
])

/** A proxy: what the function has of its own (`hrtime.bigint`, `Date.UTC`) stays where it is. */
function banned(of: object, name: string, instead: string): () => void {
  const real = Reflect.get(of, name) as Called
  const owner = NAMES.get(of)
  const called = owner === undefined ? name : `${owner}.${name}`
  const proxy: Called = new Proxy(real, {
    apply(target, self, args) {
      refuseAuthor(`${called}()`, instead)
      return Reflect.apply(target, self, args) as unknown
    },
    construct(target, args, newTarget): object {
      // A date that is told its time is an ordinary one.
      if (args.length === 0) refuseAuthor(`new ${called}()`, instead)
      return Reflect.construct(target, args, newTarget === proxy ? target : newTarget) as object
    },
  })
  const places = [{ of, name }]
  // A date knows the class that it is of.
  if (real === Date) places.push({ of: Date.prototype, name: 'constructor' })
  const restores = places.map((place) => replaced(place.of, place.name, proxy))
  return () => {
    for (const back of restores) back()
  }
}

function replaced(of: object, name: string, value: unknown): () => void {
  const own = Object.getOwnPropertyDescriptor(of, name)
  Object.defineProperty(of, name, { value, configurable: true, enumerable: own?.enumerable ?? false, writable: true })
  return () => {
    if (own === undefined) Reflect.deleteProperty(of, name)
    else Object.defineProperty(of, name, own)
  }
}

function refuseAuthor(call: string, instead: string): void {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = Number.POSITIVE_INFINITY
  const refusal = new Error(`${call} is not for a strategy: ${instead}`)
  Error.stackTraceLimit = limit
  if (authorPlace(refusal) !== undefined) throw refusal
}
