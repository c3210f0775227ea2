import { randomBytes } from 'node:crypto'
import { type InstrumentTable, loadInstruments } from '../../config/instruments.js'
import { type FaultWish, readFault } from '../../sandbox/fault-values.js'
import { OptionCheck } from '../shell/option-check.js'

/** As Commander hands them over. */
export interface RawSandboxOptions {
  readonly port: string
  readonly symbols: string
  readonly days?: readonly string[]
  readonly seed: string
  readonly speed: string
  readonly balance: string
  readonly instruments?: string
  readonly fault?: readonly string[]
  readonly json?: boolean
  readonly quiet?: boolean
}

export interface SandboxOptions {
  readonly port: number
  /** How many, or which. */
  readonly symbols: number | readonly string[]
  readonly days: readonly string[] | undefined
  readonly seed: number
  readonly speed: number
  readonly balance: string
  readonly rules: InstrumentTable
  readonly faults: readonly FaultWish[]
  readonly json: boolean
  readonly quiet: boolean
  /** For this run alone. */
  readonly secrets: { readonly apiKey: string; readonly secret: string; readonly token: string }
}

/** @throws InputMistake that names every option that is wrong. */
export function sandboxOptions(raw: RawSandboxOptions): SandboxOptions {
  const check = new OptionCheck()
  const port = check.number('--port', raw.port, { min: 0, max: 65_535, integer: true })
  const seed = check.number('--seed', raw.seed, { min: 0, max: 2 ** 32 - 1, integer: true })
  const speed = check.number('--speed', raw.speed, { above: 0 })
  const balance = check.number('--balance', raw.balance, { above: 0 })
  const symbols = symbolsOf(raw.symbols, check)
  const faults = (raw.fault ?? []).flatMap((text) => {
    const at = text.indexOf('=')
    const wish = at < 0 ? readFault(text, undefined) : readFault(text.slice(0, at), text.slice(at + 1))
    if (typeof wish !== 'string') return [wish]
    check.wrong('--fault', wish)
    return []
  })
  check.done()
  return {
    port: port!,
    symbols: symbols!,
    days: raw.days,
    seed: seed!,
    speed: speed!,
    balance: String(balance!),
    rules: loadInstruments(raw.instruments),
    faults,
    json: raw.json === true,
    quiet: raw.quiet === true,
    secrets: { apiKey: secret(), secret: secret(), token: secret() },
  }
}

const SYMBOLS_MAX = 1_000

function symbolsOf(text: string, check: OptionCheck): number | readonly string[] | undefined {
  if (/^\d+$/.test(text)) return check.number('--symbols', text, { min: 1, max: SYMBOLS_MAX, integer: true })
  const names = text.split(',').map((name) => name.trim().toUpperCase())
  if (names.every((name) => /^[\p{L}\p{N}]+USDT$/u.test(name)) && new Set(names).size === names.length) return names
  return check.wrong('--symbols', `expected a number or names such as BTCUSDT,ETHUSDT, each once, found "${text}"`)
}

function secret(): string {
  return randomBytes(24).toString('hex')
}
