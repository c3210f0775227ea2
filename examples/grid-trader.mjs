// A program of one's own on the grid: hears scans, makes up its mind, and writes what it wants for others to read. The grid lies
// in this process, and so do a scanner, which plays a recorded day into scan files, and the bridge that brings them into the grid.
// On a cluster `grid` is one of `hazelcastGrid`, and scanner and bridge are other processes: node grid-trader.mjs [day] [scans]
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { arrowScanFolder, openScanArchive } from 'dolphin-engine/arrow'
import * as dolphin from 'dolphin-engine/grid'
import { findDayFiles, parquetDays } from 'dolphin-engine/parquet'
import { systemClock as clock, clockTimer, surveyDays, withinPeriod } from 'dolphin-engine/runtime'

const [day = '2025-05-12', scansMax = '300'] = process.argv.slice(2)
const store = new dolphin.MemoryGridStore({ timer: clockTimer(clock) })
const grid = dolphin.memoryGrid({ store, listenerFailed: console.error })
const around = { grid, time: { ...clock, ...clockTimer(clock) }, random: Math.random, report: console.error }
const writer = new dolphin.GridWriter({ ...around, circuit: new dolphin.GridCircuit(around) })

// The scanner and the bridge, until we have heard enough.
const folder = mkdtempSync(join(tmpdir(), 'grid-trader-'))
const archive = await openScanArchive(folder)
const bundled = fileURLToPath(new URL('fixtures/days', import.meta.resolve('dolphin-engine/package.json')))
const files = withinPeriod(await findDayFiles([bundled]), { from: day, to: day })
const scans = dolphin.recordedScans(await surveyDays({ source: parquetDays, files }))
const scanner = new dolphin.ReplayedScanner({ scans, archive, speed: 'max', clock })
const bridge = new dolphin.ScanBridge({ folder: arrowScanFolder(folder), grid, clock, start: 'all' })
const enough = new AbortController()
const beat = ({ name, detail }) => console.error(`${name}: ${detail}`)
const ended = [scanner, bridge].map((service) => dolphin.hostService(service, { clock, beat }, enough.signal))

// Each scan once and in its order, also when its scanner is restarted or writes it twice. Short while the short window falls apart.
const intake = new dolphin.ScanIntake()
let entry
for (let next = 0; intake.counts.taken < Number(scansMax); next++) {
  const read = await grid.stream(dolphin.SCAN_STREAM).read(next, { max: 1, waitMs: 10_000 })
  if (read.kind === 'lost' || read.entries.length === 0) break
  const { value: scan, refused } = dolphin.readEigenScan(read.entries[0].value)
  if (refused !== undefined) console.error(dolphin.sayRefusal(refused))
  else if (intake.take({ ...scan, publishedAtMs: null }, scan.atMs).kind === 'taken') entry = wish(scan, entry)
}
enough.abort()
await Promise.all([...ended, writer.stop(1000)])
const wanted = await grid.map(dolphin.GRID_MAPS.signals).get('example')
console.log(`${intake.counts.taken} scans heard; the last wish in the grid: ${wanted}`)
await Promise.all([archive.close(), grid.close()])
rmSync(folder, { recursive: true })

function wish({ velDiv, atMs, scanNumber, assetPrices }, entry) {
  const price = assetPrices.get('BTCUSDT')
  const type = entry === undefined && velDiv < -0.02 ? 'ENTRY' : entry !== undefined && velDiv > 0 ? 'EXIT' : undefined
  if (price === undefined || type === undefined) return entry
  const reason = `vel_div ${velDiv.toFixed(4)}`
  const mandate = { symbol: 'BTCUSDT', type, authority: 0.5, reason, direction: -1, price }
  const signals = { strategy: 'example', timestamp_ms: atMs, scan_number: scanNumber, mandates: [mandate] }
  writer.put(dolphin.GRID_MAPS.signals, 'example', dolphin.SIGNALS.write(signals))
  return type === 'ENTRY' ? price : undefined
}
