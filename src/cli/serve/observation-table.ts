import { OBSERVED_OPTIONS } from '../observed-options.js'
import type { RawOptions } from '../shell/option-table.js'
import { BOOKS_OPTIONS } from './books-table.js'

export const OBSERVATION_OPTIONS = { ...OBSERVED_OPTIONS, grid: BOOKS_OPTIONS.grid }

/** The options of `dolphin serve observation` as they were typed. */
export interface RawServeObservationOptions extends RawOptions<typeof OBSERVATION_OPTIONS> {
  readonly config?: string
  readonly json?: boolean
  readonly quiet?: boolean
}
