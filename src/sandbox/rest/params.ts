import { exact } from '../../base/exact.js'
import { Refusal } from './refusal.js'

/** What a request asks with: query and form body together, decoded; the query wins where both name a thing. */
export class Params {
  private readonly values: ReadonlyMap<string, string>

  constructor(values: ReadonlyMap<string, string>) {
    this.values = values
  }

  has(name: string): boolean {
    return this.text(name) !== undefined
  }

  /** Undefined also where it is empty. */
  text(name: string): string | undefined {
    const value = this.values.get(name)
    return value === '' ? undefined : value
  }

  /** Undefined where it is not there; NaN where it is no whole number. */
  whole(name: string): number | undefined {
    const value = this.text(name)
    if (value === undefined) return undefined
    return /^-?\d{1,16}$/.test(value) ? Number(value) : Number.NaN
  }

  /** Without zeros that say nothing; of a parameter that was checked to be one. */
  decimal(name: string): string | undefined {
    const value = this.text(name)
    return value === undefined ? undefined : exact(value).toFixed()
  }

  flag(name: string): boolean {
    return this.text(name)?.toLowerCase() === 'true'
  }
}

/** Of a parameter that must be there, and is not, or is not what it should be. */
export function malformed(name: string): Refusal {
  return new Refusal(-1102, `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`)
}
