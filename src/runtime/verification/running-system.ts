import { parsedJson } from '../../core/grid/document.js'
import { isObject } from '../../core/grid/document-check.js'
import { GRID_MAPS } from '../../core/grid/names.js'
import type { Grid } from '../../ports/grid.js'

/** Keys of the heartbeats that were sent into this grid within the last minute, whoever sends them and in whichever form. */
export async function runningServices(grid: Grid, nowMs: number): Promise<string[]> {
  const heartbeats = grid.map(GRID_MAPS.heartbeat)
  const texts = await heartbeats.getAll(await heartbeats.keys())
  return [...texts].flatMap(([key, text]) => {
    const json = parsedJson(text)?.value
    const ts = isObject(json) ? json.ts : undefined
    // A time from the future is of a wrong clock, and of somebody who runs.
    return typeof ts === 'number' && nowMs - ts * 1000 <= SILENT_MS_MAX ? [key] : []
  })
}

/** Whoever has sent no heartbeat for so long does not run, ms. */
const SILENT_MS_MAX = 60_000
