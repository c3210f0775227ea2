import { readdir, realpath, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { KlineError, type KlineFile, type PassedOverFile } from '../../ports/klines.js'
import { type ArchiveName, parseArchiveName } from './archive-name.js'
import { type CsvSource, firstLine, openCsv } from './csv-source.js'
import { type TidyColumns, tidyHeader } from './tidy-columns.js'
import { tidyParquetColumns } from './tidy-parquet.js'
import { KNOWN_INPUT, PRICE_FILE, passedOverByName, passedOverTable } from './unknown-file.js'
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
  /** Files met in folders that hold no prices in a known form, in path order. */
  readonly ignored: readonly PassedOverFile[]
}

/** Finds price files among files and folders, searched with all their subfolders; each file once. Throws KlineError. */
export async function findInputFiles(inputs: readonly string[], signal: AbortSignal | undefined): Promise<FoundFiles> {
  const search: Search = { seen: new Set(), files: [], ignored: [], signal }
  for (const input of inputs) {
    const entry = await stat(input).catch((error: NodeJS.ErrnoException) => {
      throw new KlineError(input, 'a file or folder', error.code === 'ENOENT' ? 'nothing there' : error.message)
    })
    if (entry.isDirectory()) await searchFolder(search, input)
    else {
      const passed = passedOverByName(input, () => false) ?? (await takeFile(search, input))
      if (passed !== undefined) throw new KlineError(passed.place, passed.expected, passed.found)
    }
  }
  const byPath = <T extends { readonly path: string }>(a: T, b: T) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)
  const ignored = search.ignored.sort(byPath)
  if (search.files.length === 0) throw nothingFound(inputs, ignored)
  return { files: search.files.sort(byPath), ignored }
}

/** The first file that was passed over says most; where there is none, no file is there at all. */
function nothingFound(inputs: readonly string[], [first, ...others]: readonly PassedOverFile[]): KlineError {
  if (first === undefined) return new KlineError(inputs.join(', '), KNOWN_INPUT, 'none')
  const shown = others.slice(0, 5).map(({ path }) => path)
  const more = others.length > shown.length ? ` and ${others.length - shown.length} more` : ''
  const rest = others.length === 0 ? '' : ` (passed over as well: ${shown.join(', ')}${more})`
  return new KlineError(first.place, first.expected, `${first.found}${rest}`)
}

interface Search {
  /** Real paths: a file may be given twice, and a link may lead in a circle. */
  readonly seen: Set<string>
  readonly files: InputFile[]
  readonly ignored: PassedOverFile[]
  readonly signal: AbortSignal | undefined
}

async function searchFolder(search: Search, folder: string): Promise<void> {
  const real = await realpath(folder)
  if (search.seen.has(real)) return
  search.seen.add(real)
  const names = new Set(await readdir(folder))
  for (const name of [...names].sort()) {
    if (name.startsWith('.')) continue
    const path = join(folder, name)
    const entry = await stat(path).catch(() => undefined)
    if (entry?.isDirectory()) await searchFolder(search, path)
    else if (entry?.isFile()) {
      const passed = passedOverByName(path, (other) => names.has(other)) ?? (await takeFromFolder(search, path))
      if (passed !== undefined) search.ignored.push(passed)
    }
  }
}

/** In a folder, a sound ZIP of other things is passed over as any other file is. */
async function takeFromFolder(search: Search, path: string): Promise<PassedOverFile | undefined> {
  if (!PRICE_FILE.test(path)) return undefined
  try {
    return await takeFile(search, path)
  } catch (error) {
    if (!(error instanceof OtherZip)) throw error
    return { path, place: error.place, expected: error.expected, found: error.found }
  }
}

/** What the file is, where it holds no prices in a known form. */
async function takeFile(search: Search, path: string): Promise<PassedOverFile | undefined> {
  search.signal?.throwIfAborted()
  const real = await realpath(path)
  if (search.seen.has(real)) return undefined
  const { size, mtimeMs } = await stat(path)
  const file = await recognise({ path, bytes: size, modifiedMs: mtimeMs }, search.signal)
  if ('expected' in file) return file
  search.seen.add(real)
  search.files.push(file)
  return undefined
}

async function recognise(file: KlineFile, signal: AbortSignal | undefined): Promise<InputFile | PassedOverFile> {
  const { path } = file
  const name = parseArchiveName(basename(path))
  if (name !== undefined) return { ...file, kind: 'archive', name }
  if (/\.(?:parquet|pq)$/i.test(path)) {
    const { columns, names } = await tidyParquetColumns(path)
    if (columns !== undefined) return { ...file, kind: 'tidy-parquet', columns }
    return passedOverTable(path, path, names.join(','))
  }
  const source = await openCsv(path, signal)
  // A ZIP under another name, with the archive's own file in it.
  const entryName = parseArchiveName(source.entryName)
  if (entryName !== undefined) return { ...file, kind: 'archive', name: entryName }
  const header = await firstLine(source)
  const columns = tidyHeader(header)
  if (columns !== undefined) return { ...file, kind: 'tidy-csv', source, columns }
  return passedOverTable(path, `${source.label}:1`, header)
}
