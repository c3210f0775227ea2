// Loaded into a measured process: writes its peak resident memory in kB when it ends.
import { writeFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

const file = process.env.DOLPHIN_BENCH_PEAK_FILE
if (file !== undefined && isMainThread) {
  process.on('exit', () => writeFileSync(file, String(process.resourceUsage().maxRSS)))
}
