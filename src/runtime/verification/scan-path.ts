import { readEigenScan } from '../../core/grid/eigen-scan.js'
import { FEATURE_KEYS, GRID_MAPS, SCAN_STREAM } from '../../core/grid/names.js'
import type { Clock } from '../../ports/clock.js'
import type { Grid } from '../../ports/grid.js'
import type { ScanRecord } from '../../ports/scan-archive.js'
import type { Service } from '../services/service.js'
import type { Legs } from './legs.js'
import { markedNumbersFrom, markedScan } from './marked-scan.js'
import type { OpenedPath, SignalPath } from './path-verification.js'
import { RunningService } from './running-service.js'
import { Sightings } from './sightings.js'

export interface ScanPathParts {
  readonly grid: Grid
  readonly clock: Clock
  /** Writes a scan file where the bridge looks for them. */
  writeFile(scan: ScanRecord): Promise<void>
  /** What is verified: brings such files into the grid. */
  bridge(): Service
}

const LATEST = 'Arrow file → latest_eigen_scan'
const STREAMED = 'the same text in the stream'
const ONCE = 'each scan once'

/** Scan files of another scanner into the grid. Source: system bible §2a.4, §23.1. */
export function scanPath(parts: ScanPathParts): SignalPath {
  return { name: 'scan bridge', hops: [LATEST, STREAMED, ONCE], open: () => ScanRounds.open(parts) }
}

class ScanRounds implements OpenedPath {
  private readonly heard = new Sightings<{ readonly scanNumber: number; readonly text: string }>()
  private readonly numbers: number[] = []
  private readonly numbersFrom: number

  private constructor(
    private readonly parts: ScanPathParts,
    private readonly bridge: RunningService,
    private stopListening: () => Promise<void>,
  ) {
    this.numbersFrom = markedNumbersFrom(parts.clock.epochMs())
  }

  static async open(parts: ScanPathParts): Promise<ScanRounds> {
    const rounds = new ScanRounds(parts, new RunningService(parts.bridge()), async () => {})
    const features = parts.grid.map(GRID_MAPS.features)
    rounds.stopListening = await features.listen(({ value }) => value !== undefined && rounds.hear(value), {
      key: FEATURE_KEYS.scan,
    })
    return rounds
  }

  async round(round: number, legs: Legs): Promise<void> {
    const { grid, clock, writeFile } = this.parts
    const scan = markedScan(this.numbersFrom + round, clock.epochMs())
    this.numbers.push(scan.scanNumber)
    const { text } = await legs.leg(
      LATEST,
      async () => {
        await writeFile(scan)
        return await this.heard.first(({ scanNumber }) => scanNumber === scan.scanNumber)
      },
      () => `scan ${scan.scanNumber} did not come in time; ${this.bridge.says()}`,
    )
    await legs.leg(
      STREAMED,
      () => legs.until(async () => ((await newestEntries(grid, ENTRIES_BESIDE)).includes(text) ? true : undefined)),
      () => `scan ${scan.scanNumber} is under its key and not in ${SCAN_STREAM}`,
    )
  }

  async settle(legs: Legs): Promise<void> {
    const entries = await newestEntries(this.parts.grid, 2 * this.numbers.length + ENTRIES_BESIDE)
    const numbers = entries.map((text) => numberOf(text))
    const wrong = this.numbers.filter((number) => numbers.filter((other) => other === number).length !== 1)
    legs.check(ONCE, wrong.length === 0 ? undefined : `not once in ${SCAN_STREAM}: ${wrong.join(', ')}`)
  }

  async close(): Promise<void> {
    await this.bridge.stop()
    await Promise.allSettled([this.stopListening(), this.parts.grid.map(GRID_MAPS.features).remove(FEATURE_KEYS.scan)])
  }

  private hear(text: string): void {
    const scanNumber = numberOf(text)
    if (scanNumber !== undefined) this.heard.see({ scanNumber, text })
  }
}

/** Others may write to the stream as well. */
const ENTRIES_BESIDE = 16

async function newestEntries(grid: Grid, count: number): Promise<string[]> {
  const stream = grid.stream(SCAN_STREAM)
  const { oldest, newest } = await stream.bounds()
  const from = Math.max(oldest, newest - count + 1)
  const read = await stream.read(from, { max: count })
  return read.kind === 'lost' ? [] : read.entries.map(({ value }) => value)
}

function numberOf(text: string): number | undefined {
  const reading = readEigenScan(text)
  return 'value' in reading ? reading.value.scanNumber : undefined
}
