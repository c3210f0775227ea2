import { EMBEDDED_GRID } from '../compose/grid-address.js'
import type { PaperOptions } from './options.js'

/** What of a session on a grid runs where. */
export interface RunningParts {
  /** `embedded`, or where the cluster is. */
  readonly grid: string
  /** The recorded days that a scanner of this process plays, and where its files go; absent: others scan. */
  readonly scans?: { readonly days: number; readonly folder: string } | undefined
  readonly executor: PaperOptions['executor']
}

/** One line for whoever started it: what runs, in the order in which a scan passes it, and what of that is elsewhere. */
export function whatRuns({ grid, scans, executor }: RunningParts): string {
  const isEmbedded = grid === EMBEDDED_GRID
  const from =
    scans === undefined
      ? [`scans, posture and boost from ${grid}`]
      : [
          `a scanner that plays ${scans.days} recorded ${scans.days === 1 ? 'day' : 'days'} into ${scans.folder}`,
          'a bridge',
          isEmbedded ? 'a grid' : `the grid ${grid}`,
        ]
  const executing = executor === 'process' ? 'an executor, in a process of its own' : 'an executor'
  const chain = [...from, 'a trader', executing, 'a paper exchange'].join(' → ')
  return `Running${isEmbedded ? ' in this process' : ''}: ${chain}.`
}
