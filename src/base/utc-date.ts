import { assert } from './assert.js'

/** A UTC date `YYYY-MM-DD`. */
export type IsoDate = string

export const MS_PER_DAY = 86_400_000
export const NS_PER_DAY = 86_400_000_000_000n

/** Days since 1970-01-01 of a date `YYYY-MM-DD`. Throws when the text is no calendar date. */
export function epochDay(date: IsoDate): number {
  assert(isDate(date), `'${date}' is a calendar date YYYY-MM-DD`)
  return Date.parse(`${date}T00:00:00Z`) / MS_PER_DAY
}

/** Whether a text is a calendar date `YYYY-MM-DD`; 2026-02-30 is not. */
export function isDate(text: string): boolean {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text)
}

/** The date of a moment, UTC ms since the epoch. */
export function dateOfEpochMs(ms: number): IsoDate {
  return dateOfEpochDay(Math.floor(ms / MS_PER_DAY))
}

/** The date of a count of days since 1970-01-01. */
export function dateOfEpochDay(day: number): IsoDate {
  return new Date(day * MS_PER_DAY).toISOString().slice(0, 10)
}
