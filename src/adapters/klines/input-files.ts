import { readdir, realpath, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { KlineError, type KlineFile } from '../../ports/klines.js'
import { type ArchiveName, parseArchiveName } from './archive-name.js'
import { type CsvSource, firstLine, openCsv } from './csv-source.js'
import { type TidyColumns, tidyHeader } from './tidy-columns.js'
import { tidyParquetColumns } from './tidy-parquet.js'
import { OtherZip } from './zip-entry.js'

/** An input file and how to read it. */
export type InputFile = KlineFile &
  (
    | { readonly kind: 'archive'; readonly name: ArchiveName }
    | { readonly kind: 'tidy-csv'; readonly source: CsvSource; readonly columns: TidyColumns }
    | { readonly kind: 'tidy-parquet'; readonly columns: TidyColumns }
  )

export interface FoundFiles {
  /** In path order. */
  readonly files: readonly InputFile[]
  /** Tables met in folders that hold no prices in a known form, in path order. */
  readonly ignored: readonly string[]
}

export const KNOWN_INPUT =
  'an archive such as BTCUSDT-1m-2025-05-10.zip or BTCUSDT-1m-2025-05.csv, or a CSV or Parquet table with the columns timestamp, symbol, close'

/** Finds price files among files and folders, searched with all their subfolders; each file once. Throws KlineError. */
export async function findInputFiles(inputs: readonly string[], signal: AbortSignal | undefined): Promise<FoundFiles> {
  const search: Search = { seen: new Set(), files: [], ignored: [], signal }
  for (const input of inputs) {
    const entry = await stat(input).catch((error: NodeJS.ErrnoException) => {
      throw new KlineError(input, 'a file or folder', error.code === 'ENOENT' ? 'nothing there' : error.message)
    })
    if (entry.isDirectory()) await searchFolder(search, input)
    else if ((await takeFile(search, input)) === 'unknown') throw new KlineError(input, KNOWN_INPUT, 'another file')
  }
  if (search.files.length === 0) throw new KlineError(inputs.join(', '), KNOWN_INPUT, 'none')
  const byPath = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
  return { files: search.files.sort((a, b) => byPath(a.path, b.path)), ignored: search.ignored.sort(byPath) }
}

interface Search {
  /** Real paths: a file may be given twice, and a link may lead in a circle. */
  readonly seen: Set<string>
  readonly files: InputFile[]
  readonly ignored: string[]
  readonly signal: AbortSignal | undefined
}

async function searchFolder(search: Search, folder: string): Promise<void> {
  const real = await realpath(folder)
  if (search.seen.has(real)) return
  search.seen.add(real)
  for (const name of (await readdir(folder)).sort()) {
    if (name.startsWith('.')) continue
    const path = join(folder, name)
    const entry = await stat(path).catch(() => undefined)
    if (entry?.isDirectory()) await searchFolder(search, path)
    else if (entry?.isFile() && /\.(?:csv|zip|parquet|pq)$/i.test(name)) {
      const taken = await takeFile(search, path).catch((error: unknown) => {
        if (error instanceof OtherZip) return 'unknown'
        throw error
      })
      if (taken === 'unknown') search.ignored.push(path)
    }
  }
}

async function takeFile(search: Search, path: string): Promise<'taken' | 'unknown'> {
  search.signal?.throwIfAborted()
  const real = await realpath(path)
  if (search.seen.has(real)) return 'taken'
  const { size, mtimeMs } = await stat(path)
  const file = await recognise({ path, bytes: size, modifiedMs: mtimeMs }, search.signal)
  if (file === undefined) return 'unknown'
  search.seen.add(real)
  search.files.push(file)
  return 'taken'
}

async function recognise(file: KlineFile, signal: AbortSignal | undefined): Promise<InputFile | undefined> {
  const { path } = file
  const name = parseArchiveName(basename(path))
  if (name !== undefined) return { ...file, kind: 'archive', name }
  if (/\.(?:parquet|pq)$/i.test(path)) {
    const columns = await tidyParquetColumns(path)
    return columns && { ...file, kind: 'tidy-parquet', columns }
  }
  if (!/\.(?:csv|zip)$/i.test(path)) return undefined
  const source = await openCsv(path, signal)
  // A ZIP under another name, with the archive's own file in it.
  const entryName = parseArchiveName(source.entryName)
  if (entryName !== undefined) return { ...file, kind: 'archive', name: entryName }
  const columns = tidyHeader(await firstLine(source))
  return columns && { ...file, kind: 'tidy-csv', source, columns }
}
