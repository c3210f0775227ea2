import { ScanFileError, type ScanRecord, type WindowRecord } from '../../ports/scan-archive.js'
import { SCAN_WINDOWS } from '../../ports/vocabulary/scan.js'
import { type Cell, IpcError, type IpcField, readIpcRow } from './ipc-row.js'
import { SCAN_FIELDS, SCHEMA_VERSION, WINDOW_FIELDS } from './scan-fields.js'

/**
 * A scan from the bytes of its file: Arrow IPC, file or stream form, exactly the schema's fields in their order, one row.
 *
 * @throws ScanFileError naming the file and what is wrong with it.
 */
export function decodeScan(bytes: Uint8Array, file: string): ScanRecord {
  try {
    const cells = readIpcRow(bytes, checkSchema)
    return new RowReader(new Map(SCAN_FIELDS.map(([name], i) => [name, cells[i]!])), file).record()
  } catch (error) {
    if (error instanceof IpcError) throw new ScanFileError({ file }, error.expected, error.found)
    throw error
  }
}

function checkSchema(fields: readonly IpcField[]): void {
  const described = (name: string, type: string) => `'${name}' ${type}`
  for (const [i, [name, type]] of SCAN_FIELDS.entries()) {
    const field = fields[i]
    if (field?.name === name && field.type === type) continue
    const expected = `field ${i + 1} of ${SCAN_FIELDS.length} to be ${described(name, type)}`
    throw new IpcError(expected, field === undefined ? 'none' : described(field.name, field.type))
  }
  const extra = fields[SCAN_FIELDS.length]
  if (extra === undefined) return
  throw new IpcError(`${SCAN_FIELDS.length} fields`, `${fields.length}; the first more is '${extra.name}'`)
}

/** The one row, field by field; each value is checked, because a damaged body still is a body. */
class RowReader {
  private readonly cells: ReadonlyMap<string, Cell>
  private readonly file: string

  constructor(cells: ReadonlyMap<string, Cell>, file: string) {
    this.cells = cells
    this.file = file
  }

  record(): ScanRecord {
    const version = this.text('schema_version')
    if (version !== SCHEMA_VERSION) this.refuse('schema_version', `'${SCHEMA_VERSION}'`, `'${version}'`)
    const scanNumber = Number(this.integer('scan_number'))
    if (!Number.isSafeInteger(scanNumber) || scanNumber < 0) {
      this.refuse('scan_number', 'a number from 0 to 2^53', `${this.integer('scan_number')}`)
    }
    const assets = this.assets()
    return {
      scanNumber,
      timestampNs: this.integer('timestamp_ns'),
      windows: SCAN_WINDOWS.map((window) => this.window(window)) as unknown as ScanRecord['windows'],
      velDiv: this.float('vel_div'),
      regimeSignal: this.regimeSignal(),
      instabilityComposite: this.float('instability_composite'),
      dataQuality: this.float('data_quality'),
      assets,
      prices: this.numbers('prices', assets.length),
      loadings: this.numbers('loadings', assets.length),
    }
  }

  private window(window: number): WindowRecord {
    return Object.fromEntries(
      WINDOW_FIELDS.map(([name, key]) => [key, this.float(`w${window}_${name}`)]),
    ) as unknown as WindowRecord
  }

  private regimeSignal(): ScanRecord['regimeSignal'] {
    const value = this.float('regime_signal')
    if (value === -1 || value === 0 || value === 1) return value
    return this.refuse('regime_signal', '-1, 0 or 1', `${value}`)
  }

  private assets(): readonly string[] {
    const assets = this.json('assets')
    if (Array.isArray(assets) && assets.every((asset) => typeof asset === 'string')) {
      if (new Set(assets).size === assets.length) return assets
    }
    return this.refuse('assets', 'a JSON array of symbols, each once', shortened(this.text('assets')))
  }

  private numbers(field: string, length: number): Float64Array {
    const values = this.json(field)
    const isNumber = (value: unknown) => value === null || typeof value === 'number'
    if (!Array.isArray(values) || !values.every(isNumber)) {
      return this.refuse(field, 'a JSON array of numbers and nulls', shortened(this.text(field)))
    }
    if (values.length !== length) this.refuse(field, `${length} values, one per asset`, `${values.length}`)
    return Float64Array.from(values as (number | null)[], (value) => value ?? NaN)
  }

  private json(field: string): unknown {
    const text = this.text(field)
    try {
      return JSON.parse(text)
    } catch {
      try {
        // Python's json module writes NaN as it is. Within these arrays the word occurs nowhere else but in a string.
        return JSON.parse(text.replace(/(?<=[[,]\s*)NaN(?=\s*[\],])/g, 'null'))
      } catch {
        return this.refuse(field, 'JSON', shortened(text))
      }
    }
  }

  private float(field: string): number {
    const value = this.cells.get(field)
    if (value === null) return NaN
    return typeof value === 'number' ? value : this.refuse(field, 'a number', `${value}`)
  }

  private integer(field: string): bigint {
    const value = this.cells.get(field)
    return typeof value === 'bigint' ? value : this.refuse(field, 'an integer', `${value}`)
  }

  private text(field: string): string {
    const value = this.cells.get(field)
    return typeof value === 'string' ? value : this.refuse(field, 'text', `${value}`)
  }

  private refuse(field: string, expected: string, found: string): never {
    throw new ScanFileError({ file: this.file, field }, expected, found)
  }
}

function shortened(text: string): string {
  return text.length <= 60 ? `'${text}'` : `'${text.slice(0, 57)}…'`
}
