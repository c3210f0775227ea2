import { mkdirSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { InputMistake } from '../../base/mistakes.js'
import { present } from '../../base/present.js'
import { parseFactorsCsv } from '../../config/factors-csv.js'
import type { ServicesConfig } from '../../config/services-config.js'
import { CHAMPION_CONFIG, loadConfig } from '../../config/strategy-config.js'
import { DEFAULT_UNIVERSE, readUniverse } from '../../config/universe.js'
import type { BreakerTable } from '../../core/breaker/breaker.js'
import { GRID_MAPS, HEARTBEAT_KEYS } from '../../core/grid/names.js'
import { SERVICE_HEARTBEAT } from '../../core/grid/watch-documents.js'
import { displayPath, packageVersion } from '../../files/package-files.js'
import { reason } from '../../files/reason.js'
import type { Clock, Timer } from '../../ports/clock.js'
import type { Grid } from '../../ports/grid.js'
import { GridCircuit } from '../../runtime/grid/grid-circuit.js'
import { GridWriter } from '../../runtime/grid/grid-writer.js'
import { BreakerService } from '../../runtime/services/breaker/breaker-service.js'
import { ForewarnerService } from '../../runtime/services/forewarner/forewarner-service.js'
import { BookOutlet } from '../../runtime/services/order-book/book-outlet.js'
import type { Service, ServiceHealth } from '../../runtime/services/service.js'
import { hostService, type ServiceEnd } from '../../runtime/services/service-host.js'
import { FixedPosture } from '../../runtime/services/survival/fixed-posture.js'
import { SurvivalService } from '../../runtime/services/survival/survival-service.js'
import { openExternalFactors } from './external-factors.js'
import { threadedAssessor } from './forewarner-assessor.js'
import { tradesOfFile } from './forewarner-thread.js'

/** What services on one connection of a grid share. */
export interface ServiceSurroundings {
  readonly grid: Grid
  readonly time: Clock & Timer
  /** 0 … 1, for jitter. */
  readonly random: () => number
  /** For the person who runs them. */
  warn(text: string): void
}

/**
 * Services on one connection of a grid: makes them out of plain settings, and hosts them with their heartbeats. Any number of them,
 * in one process.
 */
export class ServiceRoom {
  private readonly circuit: GridCircuit
  /** For documents of whoever runs beside the services. */
  readonly writer: GridWriter

  constructor(private readonly around: ServiceSurroundings) {
    const { grid, time, random, warn } = around
    const report = (text: string): void => warn(text)
    this.circuit = new GridCircuit({ grid, time, random, report })
    this.writer = new GridWriter({ grid, circuit: this.circuit, time, random, report })
  }

  /** The survival stack, or what a person said in its place. `traded`: whose order books count. */
  survival(
    { everyMs, posture, orderBook }: ServicesConfig['survival'],
    traded: readonly string[] = readUniverse(DEFAULT_UNIVERSE),
  ): Service {
    const ports = { grid: this.around.grid, clock: this.around.time, warn: this.around.warn }
    if (posture !== undefined) return new FixedPosture({ posture, everyMs }, ports)
    const books = orderBook ? { traded } : 'none'
    return new SurvivalService({ everyMs, orderBook: books }, ports)
  }

  /** @throws InputMistake when its file cannot be used; one that breaks later is told, and changes nothing. */
  async breaker({ factors, ...settings }: ServicesConfig['breaker']): Promise<Service> {
    const { grid, time, warn } = this.around
    const changedRows = factors === undefined ? undefined : await changesOf(factors)
    return new BreakerService(settings, { grid, clock: time, warn, ...present({ changedRows }) })
  }

  /** @throws InputMistake when one of its files cannot be used; trades that break later are told, and are no assessment. */
  forewarner({ everyMs, trades, strategy = CHAMPION_CONFIG }: ServicesConfig['forewarner']): Service {
    const { grid, time, warn } = this.around
    const { parameters, direction } = loadConfig(strategy)
    if (trades !== undefined) tradesOfFile(trades)
    const settings = {
      everyMs,
      maxLeverage: parameters.max_leverage,
      leverageMax: parameters.abs_max_leverage,
      seed: parameters.seed,
      colour: direction === 1 ? 'GREEN' : 'BLUE',
    } as const
    const put = (map: string, key: string, text: string) => this.writer.put(map, key, text)
    const assess = threadedAssessor(present({ trades }))
    return new ForewarnerService(settings, { grid, clock: time, assess, put, warn })
  }

  /** @throws InputMistake for what its configuration says; SurroundingsFailed when another process writes its file. */
  externalFactors(config: ServicesConfig['externalFactors']): Promise<Service> {
    const put = (map: string, key: string, text: string) => this.writer.put(map, key, text)
    return openExternalFactors(config, { ...this.around, put, warn: (text) => this.around.warn(text) })
  }

  /** Where order books are published; whoever is given it closes it. `file` holds the features, too. */
  bookOutlet(file?: string): BookOutlet {
    const { grid, time, random, warn } = this.around
    if (file !== undefined) mkdirSync(dirname(file), { recursive: true })
    const report = (text: string): void => warn(text)
    return new BookOutlet({ grid, circuit: this.circuit, time, random, report, ...present({ file }) })
  }

  /** Runs one of them until the signal is aborted or it cannot go on. Never rejects. */
  host(service: Service, signal: AbortSignal): Promise<ServiceEnd> {
    return hostService(service, { clock: this.around.time, beat: (health) => this.beat(health) }, signal)
  }

  /** Writes a heartbeat, of a service or of whatever else has a health. */
  beat(health: ServiceHealth): void {
    const text = this.heartbeat(health)
    this.writer.put(GRID_MAPS.heartbeat, health.name, text)
    if (health.name === 'trader') this.writer.put(GRID_MAPS.heartbeat, HEARTBEAT_KEYS.trader, text)
  }

  /** Once no service runs any more: gives what was written last a moment to get there. */
  async close(): Promise<void> {
    await this.writer.stop(CLOSE_MS_MAX)
    this.circuit.stop()
  }

  private heartbeat({ name, state, since, lastProgressAtMs, detail }: ServiceHealth): string {
    const epochMs = this.around.time.epochMs()
    return SERVICE_HEARTBEAT.write({
      ts: epochMs / 1000,
      iso: new Date(epochMs).toISOString(),
      name,
      state,
      since_ms: since,
      last_progress_at_ms: lastProgressAtMs,
      detail: detail.slice(0, DETAIL_CHARACTERS_MAX),
      pid: process.pid,
      version: packageVersion(),
    })
  }
}

const CLOSE_MS_MAX = 1_000
const DETAIL_CHARACTERS_MAX = 500

type Rows = Pick<BreakerTable, 'factors' | 'w750'>

/** The rows of a file, whenever it has changed; those that it has now are checked at once. */
async function changesOf(path: string): Promise<() => Promise<Rows | undefined>> {
  let seen = ''
  const changed = async (): Promise<Rows | undefined> => {
    try {
      const { mtimeMs, size, ino } = await stat(path)
      const now = `${mtimeMs} ${size} ${ino}`
      if (now === seen) return undefined
      const text = await readFile(path, 'utf8')
      // One that is broken is told once, not at every look.
      seen = now
      return parseFactorsCsv(text, displayPath(path))
    } catch (error) {
      if (error instanceof InputMistake) throw error
      throw new InputMistake({ place: displayPath(path), message: `cannot read it: ${reason(error)}` })
    }
  }
  await changed()
  seen = ''
  return changed
}
