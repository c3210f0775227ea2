import { found } from '../../base/mistakes.js'
import { VERIFY_PREFIX } from '../../runtime/verification/marked-grid.js'
import { EMBEDDED_GRID } from '../compose/grid-address.js'
import { aGrid } from '../grid-option.js'
import { OptionCheck } from '../shell/option-check.js'

/** The options of `dolphin verify-path` as they were typed. */
export interface RawVerifyPathOptions {
  readonly grid?: string
  readonly rounds: string
  readonly timeout: string
  readonly prefix?: string
  readonly json?: boolean
  readonly quiet?: boolean
  readonly color?: boolean
}

export interface VerifyPathOptions {
  /** `embedded`, or `hazelcast://host:port[,host:port…]`. */
  readonly grid: string
  readonly rounds: number
  readonly timeoutMs: number
  /** Of every name in the grid. */
  readonly prefix: string
  readonly json: boolean
  readonly quiet: boolean
  readonly color: boolean
}

export function verifyPathOptions(raw: RawVerifyPathOptions): VerifyPathOptions {
  const check = new OptionCheck()
  const rounds = check.number('--rounds', raw.rounds, { min: 1, max: 10_000, integer: true })
  const timeoutS = check.number('--timeout', raw.timeout, { above: 0, max: 86_400 })
  const prefix = raw.prefix ?? VERIFY_PREFIX
  if (!/^[A-Z][A-Z0-9_]{0,31}_$/.test(prefix)) {
    check.wrong('--prefix', `expected capitals, digits and _, with a _ at the end, found ${found(prefix)}`)
  }
  const { grid = EMBEDDED_GRID } = raw
  aGrid(grid, (message) => check.wrong('--grid', message))
  check.done()
  return {
    grid,
    rounds: rounds!,
    timeoutMs: timeoutS! * 1000,
    prefix,
    json: raw.json ?? false,
    quiet: raw.quiet ?? false,
    color: raw.color ?? true,
  }
}
