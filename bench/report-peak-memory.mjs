// Loaded into a measured process: writes its peak resident memory in kB and its CPU time in ms when it ends.
import { readFileSync, writeFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

const file = process.env.DOLPHIN_BENCH_PEAK_FILE
if (file !== undefined && isMainThread) process.on('exit', () => writeFileSync(file, `${peakKb()} ${cpuMs()}`))

// Of all threads since the process began.
function cpuMs() {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e3
}

// On Linux a process inherits the rusage peak of the one that started it, so the kernel's own high-water mark is read.
function peakKb() {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))[1])
}
