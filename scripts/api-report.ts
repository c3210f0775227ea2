/**
 * What the package offers to other programs, as text: one file per entry point in `api/`, taken from the built declarations.
 * `npm run api` writes them, `npm run api:check` fails where they differ.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CompilerState, Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor'
import manifest from '../package.json' with { type: 'json' }

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))
const REPORTS = join(ROOT, 'api')
const CHANGED =
  'The public surface has changed. Run `npm run api`, commit what it writes to api/, and give every changed type or function ' +
  'a line of its own in CHANGELOG.md under "Unreleased": what it is called, and what its users do about it.'

const isCheck = process.argv.includes('--check')
const written = reports()
const files = readdirSync(REPORTS, { withFileTypes: true }).flatMap((entry) => (entry.isFile() ? [entry.name] : []))
const stale = files.filter((name) => !written.has(name))
const changed = [...written].flatMap(([name, text]) => (files.includes(name) && read(name) === text ? [] : [name]))
if (isCheck) {
  for (const name of [...changed, ...stale]) console.error(`api/${name}: ${difference(name)}`)
  if (changed.length + stale.length > 0) {
    console.error(`\n${CHANGED}`)
    process.exitCode = 1
  }
} else {
  for (const name of changed) writeFileSync(join(REPORTS, name), written.get(name)!)
  for (const name of stale) unlinkSync(join(REPORTS, name))
  console.log(changed.length + stale.length === 0 ? 'api/ is up to date' : `api/: ${[...changed, ...stale].join(', ')}`)
}

/** File name → its text, of every entry point. */
function reports(): Map<string, string> {
  mkdirSync(REPORTS, { recursive: true })
  const folder = mkdtempSync(join(tmpdir(), 'api-report-'))
  try {
    const configs = Object.entries(manifest.exports).flatMap(([subpath, target]) =>
      typeof target === 'string' ? [] : [configOf(subpath, join(ROOT, target.types), folder)],
    )
    const compilerState = CompilerState.create(configs[0]!, {
      additionalEntryPoints: configs.map(({ mainEntryPointFilePath }) => mainEntryPointFilePath),
    })
    return new Map(
      configs.map((config) => {
        Extractor.invoke(config, { compilerState, localBuild: true, messageCallback: quietly })
        const path = config.reportFilePath
        return [basename(path), withoutNoise(readFileSync(path, 'utf8'))]
      }),
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function configOf(subpath: string, declarations: string, folder: string): ExtractorConfig {
  const name = subpath === '.' ? 'dolphin-engine' : basename(subpath)
  const silent = { default: { logLevel: ExtractorLogLevel.None } }
  return ExtractorConfig.prepare({
    configObject: {
      projectFolder: ROOT,
      mainEntryPointFilePath: declarations,
      newlineKind: 'lf',
      compiler: { tsconfigFilePath: join(ROOT, 'tsconfig.build.json') },
      apiReport: { enabled: true, reportFileName: `${name}.api.md`, reportFolder: folder, reportTempFolder: folder },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      // What is documented and what is exported is typedoc's to check: it sees all entry points at once.
      messages: { extractorMessageReporting: silent, tsdocMessageReporting: silent },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(ROOT, 'package.json'),
  })
}

function quietly(message: { logLevel: string; handled: boolean; text: string }): void {
  if (message.logLevel === ExtractorLogLevel.Error) throw new Error(message.text)
  message.handled = true
}

/** A remark that is true of nearly everything tells nothing, and changes with comments. */
function withoutNoise(report: string): string {
  return report
    .split('\n')
    .filter((line) => !/^ *\/\/ (\(undocumented\)|@public.*)$/.test(line))
    .join('\n')
    .replace(/\n\/\/ \(No @packageDocumentation.*\n/, '')
}

function read(name: string): string {
  return readFileSync(join(REPORTS, name), 'utf8')
}

/** The first line that differs, as both have it. */
function difference(name: string): string {
  const text = written.get(name)
  if (text === undefined) return 'no such entry point any more'
  if (!files.includes(name)) return 'a new entry point'
  const [before, after] = [read(name).split('\n'), text.split('\n')]
  const line = after.findIndex((found, i) => found !== before[i])
  const at = line === -1 ? after.length : line
  return `line ${at + 1} was ${JSON.stringify(before[at] ?? '')}, is ${JSON.stringify(after[at] ?? '')}`
}
