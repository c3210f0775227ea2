import { open } from 'node:fs/promises'
import type { ArrivedValue } from '../../../core/factors/external-factors.js'
import { reason } from '../../../files/reason.js'
import { writeAtomically } from '../../../files/whole-file.js'
import { FACTOR_SOURCES, type FactorSourceName } from '../../../ports/factor-source.js'

/**
 * The values that rows to come may rest on, in a small file: a start between 00:00 and 00:05 fixes the row of the day as if it
 * had not been one. The latest wins; one write at a time, each whole or not at all.
 */
export class KeptFactors {
  private waiting: readonly ArrivedValue[] | undefined
  private writing: Promise<void> | undefined
  private trouble = ''

  constructor(
    private readonly path: string,
    private readonly warn: (text: string) => void,
  ) {}

  /** What was kept; nothing where there is no file, or one that cannot be used, which is told. */
  async read(): Promise<readonly ArrivedValue[]> {
    try {
      const file = await open(this.path)
      try {
        const { size } = await file.stat()
        if (size > BYTES_MAX) throw new Error(`expected at most ${BYTES_MAX} bytes, found ${size}`)
        return keptOf(JSON.parse(await file.readFile('utf8')))
      } finally {
        await file.close()
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
      this.warn(`${this.path} cannot be used, so earlier values are not known: ${reason(error)}`)
      return []
    }
  }

  /** Returns at once. */
  keep(values: readonly ArrivedValue[]): void {
    this.waiting = values
    this.writing ??= this.writeAll()
  }

  /** Resolves when what was to be kept is, or could not be. */
  async settle(): Promise<void> {
    await this.writing
  }

  private async writeAll(): Promise<void> {
    for (let values = this.waiting; values !== undefined; values = this.waiting) {
      this.waiting = undefined
      try {
        await writeAtomically(this.path, textOf(values))
        this.trouble = ''
      } catch (error) {
        const trouble = reason(error)
        if (trouble !== this.trouble) this.warn(`${this.path}: the latest values cannot be kept: ${trouble}`)
        this.trouble = trouble
      }
    }
    this.writing = undefined
  }
}

const SCHEMA = 'dolphin.factors/1'
/** A few values of each source take 2 KB. */
const BYTES_MAX = 100_000

function textOf(values: readonly ArrivedValue[]): string {
  const rows = values.map(({ source, value, atMs, arrivedAtMs }) => {
    return { source, value, at_ms: atMs, arrived_at_ms: arrivedAtMs }
  })
  return `${JSON.stringify({ schema: SCHEMA, values: rows }, null, 1)}\n`
}

function keptOf(json: unknown): readonly ArrivedValue[] {
  const { schema, values } = (json ?? {}) as { readonly schema?: unknown; readonly values?: unknown }
  if (schema !== SCHEMA || !Array.isArray(values)) throw new Error(`expected a list of values of ${SCHEMA}`)
  return values.map((row: Readonly<Record<string, unknown>> | null, i) => {
    const { source, value, at_ms: atMs, arrived_at_ms: arrivedAtMs } = row ?? {}
    const isOne = isSource(source) && isNumber(value) && isNumber(atMs) && isNumber(arrivedAtMs)
    if (!isOne) throw new Error(`values[${i}]: expected a source, a value and two times`)
    return { source, value, atMs, arrivedAtMs }
  })
}

function isSource(value: unknown): value is FactorSourceName {
  return FACTOR_SOURCES.some((source) => source === value)
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}
