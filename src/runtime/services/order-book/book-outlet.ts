import type { Clock, Timer } from '../../../ports/clock.js'
import type { Grid } from '../../../ports/grid.js'
import type { GridCircuit } from '../../grid/grid-circuit.js'

export interface BookOutletSettings {
  readonly grid: Pick<Grid, 'map' | 'connection'>
  readonly circuit: GridCircuit
  readonly time: Clock & Timer
  readonly random: () => number
  /** The document of the features, for readers without a grid; absent: none. */
  readonly file?: string
  readonly report?: (text: string) => void
}

/** Where order books are published: shards, features of the last bar, raw books, and the file of the features. Nothing waits for it. */
export class BookOutlet {
  constructor(readonly settings: BookOutletSettings) {}
}
