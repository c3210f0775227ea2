import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Answer, prepare, renew, run, type Scene } from './commands.js'
import { type Counted, withFault } from './failing-files.js'

/** One run of a command with one call made to fail, and what of the law it broke. */
export interface Trial extends Answer, Counted {
  readonly scene: string
  readonly at: number
  readonly broken: readonly string[]
}

export interface TrialPlan {
  /** Runs at most, evenly over all the calls that the command makes. */
  readonly runs: number
  /** Errors tried at each of them. */
  readonly errors: number
  /** The first call that is made to fail. */
  readonly from: number
  /** Every later call of the same kind fails, too. */
  readonly stays: boolean
}

/**
 * The law: whatever the file system answers, no command shows a stack or calls it an error of ours, its exit code is one that is
 * documented, a failure names a path, and nothing half written stands under a final name.
 */
export async function* trials(scene: Scene, prepared: string, plan: TrialPlan): AsyncGenerator<Trial, void, void> {
  const folder = mkdtempSync(join(tmpdir(), 'dolphin-fault-'))
  try {
    renew(prepared, folder)
    const whole = await withFault({ under: folder, at: 0, error: 0, stays: false }, () => run(scene, folder))
    if (whole.result.code !== 0 && whole.result.code !== 1) throw new Error(`${scene.name}: ${whole.result.stderr}`)
    const outputs = new Map((scene.outputs ?? []).map((name) => [name, readFileSync(join(folder, name))]))
    const every = Math.max(1, Math.ceil(whole.calls / plan.runs))
    for (let at = plan.from; at <= whole.calls; at += every) {
      for (let error = at; error < at + plan.errors; error++) {
        renew(prepared, folder)
        const fault = { under: folder, at, error, stays: plan.stays }
        const { result, ...counted } = await withFault(fault, () => ended(run(scene, folder)))
        const broken = brokenBy(result, counted, folder, outputs)
        yield { scene: scene.name, at, ...result, ...counted, broken }
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What may stand where a command looks for a file of ours. */
const DISORDERS: Readonly<Record<string, (path: string) => void>> = {
  'a folder': (path) => {
    rmSync(path)
    mkdirSync(path)
  },
  'an empty file': (path) => writeFileSync(path, ''),
  null: (path) => writeFileSync(path, 'null'),
  'a list': (path) => writeFileSync(path, '[]'),
  'an object': (path) => writeFileSync(path, '{}\n'),
  garbage: (path) => writeFileSync(path, Buffer.from(Array.from({ length: 999 }, (_, i) => (i * 89) % 256))),
  'the half of it': (path) => truncateSync(path, Math.floor(statSync(path).size / 2)),
  'a link to itself': (path) => {
    rmSync(path)
    symlinkSync(path, path)
  },
}

/** The same law where a file that a command reads is something else, and where its folder holds a lock that says nothing. */
export async function* disorders(scene: Scene, prepared: string): AsyncGenerator<Trial, void, void> {
  const folder = mkdtempSync(join(tmpdir(), 'dolphin-fault-'))
  const none = { under: folder, at: 0, error: 0, stays: false }
  try {
    renew(prepared, folder)
    const { paths } = await withFault(none, () => run(scene, folder))
    renew(prepared, folder)
    const files = [...paths].filter((path) => existsSync(path) && statSync(path).isFile())
    const locks = [...paths].filter((path) => path.endsWith('.lock') && !existsSync(path))
    for (const [at, path] of [...files, ...locks].entries()) {
      for (const [disorder, make] of Object.entries(DISORDERS)) {
        renew(prepared, folder)
        mkdirSync(dirname(path), { recursive: true })
        if (!existsSync(path)) writeFileSync(path, '{"pid":1,"host":"elsewhere"}')
        make(path)
        const { result, ...counted } = await withFault(none, () => ended(run(scene, folder)))
        const failed = { call: disorder, code: '', path }
        yield {
          scene: scene.name,
          at,
          ...result,
          ...counted,
          failed,
          broken: brokenBy(result, { ...counted, failed }, folder, new Map()),
        }
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Everything that trials read. */
export async function inPreparedFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'dolphin-faults-'))
  try {
    await prepare(folder)
    return await use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A command that never ends breaks the law, too. */
function ended(answer: Promise<Answer>): Promise<Answer> {
  const none: Answer = { code: -1, stdout: '', stderr: 'it did not end' }
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<Answer>((resolve) => {
    timer = setTimeout(() => resolve(none), ENDLESS_MS)
  })
  return Promise.race([answer, limit]).finally(() => clearTimeout(timer))
}

const ENDLESS_MS = 15_000
const DOCUMENTED = [0, 1, 2, 3]

function brokenBy(
  { code, stdout, stderr }: Answer,
  { failed }: Counted,
  folder: string,
  outputs: ReadonlyMap<string, Buffer>,
): readonly string[] {
  const broken: string[] = []
  if (/internal error/i.test(stderr)) broken.push('it calls it an error of ours')
  if (/^\s+at .*[:(]/m.test(stderr + stdout)) broken.push('it shows a stack')
  if (!DOCUMENTED.includes(code)) broken.push(`exit code ${code}`)
  if (failed !== undefined && code !== 0 && stdout === '' && !stderr.includes(folder)) broken.push('no path is named')
  for (const [name, bytes] of outputs) {
    const path = join(folder, name)
    if (existsSync(path) && !readFileSync(path).equals(bytes)) broken.push(`${name} is not what it should be`)
    if (code === 0 && !existsSync(path)) broken.push(`${name} is missing, and the exit code is 0`)
  }
  return broken
}
