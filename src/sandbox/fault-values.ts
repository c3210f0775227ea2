import { didYouMean } from '../base/suggest.js'
import type { FaultBoard } from './fault-board.js'
import { type ActName, FAULTS, type FaultName, type KnobName } from './faults.js'

/** A fault with what it is set to, as a person writes it: `ban=120000`, `algoStuck=yes`, `settleSymbol=BTCUSDT`. */
export interface FaultWish {
  readonly name: FaultName
  readonly value: number | boolean | string | undefined
}

/** Reads a fault by its name and value; a text says what was expected. */
export function readFault(name: string, value: string | undefined): FaultWish | string {
  if (!Object.hasOwn(FAULTS, name))
    return `no fault is called ${JSON.stringify(name)}${didYouMean(name, Object.keys(FAULTS))}`
  const fault = FAULTS[name as FaultName]
  const takes = fault.kind === 'knob' ? fault.unit : fault.takes
  switch (takes) {
    case 'none':
      return value === undefined ? { name: name as FaultName, value } : `${name} takes no value, found ${shown(value)}`
    case 'symbol':
      return value === undefined
        ? `${name} takes a symbol, found none`
        : { name: name as FaultName, value: value.toUpperCase() }
    case 'yes/no':
      if (value === undefined || value === 'yes') return { name: name as FaultName, value: true }
      return value === 'no'
        ? { name: name as FaultName, value: false }
        : `${name} takes yes or no, found ${shown(value)}`
    case 'ms':
    case 'share': {
      const number = value === undefined || value.trim() === '' ? Number.NaN : Number(value)
      const isRight = takes === 'ms' ? Number.isInteger(number) : number >= 0 && number <= 1
      const expected = takes === 'ms' ? 'milliseconds' : 'a share from 0 to 1'
      return isRight ? { name: name as FaultName, value: number } : `${name} takes ${expected}, found ${shown(value)}`
    }
  }
}

/** Why a fault cannot befall an exchange that lists these symbols; undefined where it can. */
export function refusedFault({ name, value }: FaultWish, symbols: readonly string[]): string | undefined {
  const fault = FAULTS[name]
  if (fault.kind !== 'act' || fault.takes !== 'symbol' || symbols.includes(String(value))) return undefined
  return `${name} takes a symbol that is listed here, found ${shown(String(value))}${didYouMean(String(value), symbols)}`
}

/** A knob is set, an act happens in the next step. */
export function applyFault(board: FaultBoard, { name, value }: FaultWish): void {
  if (FAULTS[name].kind === 'knob') board.set(name as KnobName, value as never)
  else board.strike(name as ActName, value as number | string | undefined)
}

function shown(value: string | undefined): string {
  return value === undefined ? 'none' : JSON.stringify(value)
}
