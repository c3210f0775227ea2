import { appendFileSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openJournal } from '../../../src/cli/compose/journals.js'
import { register } from '../../../src/cli/journal/command.js'
import { DecisionSide } from '../../../src/core/decision/decision-side.js'
import type { DecisionRecord } from '../../../src/core/decision/records.js'
import { DECISION_DEFAULTS } from '../../../src/core/decision/settings.js'
import { ExecutionSide } from '../../../src/core/execution/execution-side.js'
import type { ExecutionRecord } from '../../../src/core/execution/records.js'
import { ExecutionRecovery } from '../../../src/core/execution/recover.js'
import { EXECUTION_DEFAULTS } from '../../../src/core/execution/settings.js'
import { headerLine, recordLine } from '../../../src/core/journal/frame.js'
import { CHAMPION_RISK } from '../../../src/core/risk/risk-config.js'
import type { JournalKind, JournalRecord } from '../../../src/ports/journal.js'
import { runCommand, temporaryFolder } from '../../support/in-process-command.js'
import { instrument } from '../../support/instruments.js'

const folder = temporaryFolder()
const FIRST = 'journal-00000001.log'
const AT_MS = Date.UTC(2026, 2, 1, 12)

const journal = (...args: string[]) => runCommand(register, ['journal', ...args])

async function write(records: readonly JournalRecord[], kind: JournalKind = 'execution', build = 'b1') {
  const opened = await openIn(folder.path, kind, build)
  for (const record of records) opened.journal.append(recordLine(record))
  await opened.journal.close()
  return opened
}

const openIn = (path: string, kind: JournalKind, build = 'b1') =>
  openJournal({ folder: path, kind, build }, { take() {} })

const plain = (n: number, type = n % 2 === 0 ? 'fill' : 'flat') => ({ n, atMs: AT_MS + n, inputs: '00c0ffee', type })
const plains = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => plain(from + i))

/** A whole byte of record `n` is another. */
function damage(n: number): void {
  const path = join(folder.path, FIRST)
  const text = readFileSync(path, 'utf8')
  writeFileSync(path, text.replace(` ${n} {"atMs":1`, ` ${n} {"atMs":2`))
}

describe('dolphin journal show', () => {
  it('prints a record a line, with its time and what it says', async () => {
    await write([{ ...plain(1), fill: { tradeId: 7 } } as JournalRecord])
    expect(await journal('show', folder.path)).toEqual({
      code: 0,
      stdout: '      1  2026-03-01T12:00:00.001Z  flat            {"fill":{"tradeId":7}}\n',
      stderr: '',
    })
  })

  it.each([
    [
      ['--from', '3', '--to', '5'],
      [3, 4, 5],
    ],
    [
      ['--type', 'fill'],
      [2, 4, 6, 8],
    ],
    [
      ['--type', 'fill, flat', '--from', '7'],
      [7, 8, 9],
    ],
    [
      ['--tail', '2'],
      [8, 9],
    ],
    [
      ['--tail', '2', '--type', 'flat', '--to', '8'],
      [5, 7],
    ],
    [
      ['--tail', '100'],
      [1, 2, 3, 4, 5, 6, 7, 8, 9],
    ],
  ])('%j prints records %j, as JSON with everything in it', async (args, expected) => {
    await write(plains(1, 9))
    const { code, stdout, stderr } = await journal('show', folder.path, '--json', ...args)
    const records = stdout.split('\n').slice(0, -1)
    expect([code, stderr]).toEqual([0, ''])
    expect(records.map((line) => JSON.parse(line))).toEqual(expected.map((n) => plain(n)))
  })

  it('says what there is when nothing fits', async () => {
    await write(plains(1, 3))
    expect((await journal('show', folder.path, '--type', 'flat,order')).stderr).toBe('')
    expect(await journal('show', folder.path, '--type', 'order')).toEqual({
      code: 0,
      stdout: '',
      stderr: 'No record is of type order; there are fill, flat.\n',
    })
    expect((await journal('show', folder.path, '--from', '9')).stderr).toBe('No record fits.\n')
  })

  it('refuses a type that no record has, and one that only the other side has, with those that there are', async () => {
    await write(plains(1, 3))
    const typing = await journal('show', folder.path, '--type', 'flat,fil')
    expect([typing.code, typing.stdout]).toEqual([2, ''])
    expect(typing.stderr).toMatch(
      /^error: --type: expected one of acknowledged, agreed, .*, withdrawn, found "fil"; did you mean 'fill'\?$/m,
    )
    const other = await journal('show', folder.path, '--type', 'bar')
    expect([other.code, other.stdout]).toEqual([2, ''])
    expect(other.stderr).toMatch(/^error: --type: expected one of acknowledged, alert, .*, unlatched, found "bar"$/m)
    expect(other.stderr).toContain('This is the journal of the execution side.')
  })

  it('prints what stands before damage, then refuses the rest', async () => {
    await write(plains(1, 5))
    damage(4)
    const { code, stdout, stderr } = await journal('show', folder.path, '--json')
    expect(stdout.split('\n')).toHaveLength(4)
    expect(code).toBe(3)
    expect(stderr).toMatch(
      /journal-00000001\.log: damaged at record 4, byte \d+: expected record 4, found sum [0-9a-f]{8} /,
    )
    expect((await journal('show', folder.path, '--to', '3')).code).toBe(0)
  })

  it('names every option that makes no sense', async () => {
    await write(plains(1, 1))
    const { code, stderr } = await journal(
      'show',
      folder.path,
      '--from',
      '5',
      '--to',
      '2',
      '--tail',
      '0',
      '--type',
      'a,',
    )
    expect(code).toBe(2)
    expect(stderr.split('\n')).toEqual([
      'error: --tail: expected a whole number from 1 on, found "0"',
      'error: --to: expected 5 or more, found 2',
      'error: --type: expected types such as fill,order, found "a,"',
      '',
    ])
  })

  it('says where journals are when there is none in the folder', async () => {
    const below = join(folder.path, 'journal', 'execution')
    mkdirSync(below, { recursive: true })
    const { stderr } = await journal('show', folder.path)
    expect(stderr).toContain('expected a folder with a journal, found no journal-00000001.log in it\n')
    await write(plains(1, 1))
    renameSync(join(folder.path, FIRST), join(below, FIRST))
    const again = await journal('show', folder.path)
    expect(again.code).toBe(2)
    expect(again.stderr).toContain(`There are journals below it: ${below}\n`)
    expect((await journal('show', join(folder.path, 'absent'))).stderr).toContain(
      'absent: expected a folder with a journal: there is no such file\n',
    )
  })
})

describe('dolphin journal verify', () => {
  it('passes a whole journal and says what is in it', async () => {
    await write(plains(1, 3))
    await write(plains(4, 4), 'execution', 'b2')
    const { code, stdout, stderr } = await journal('verify', folder.path)
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^Journal [0-9a-f]{16} of the execution side: 4 records in 2 segments\n/)
    expect(stdout).toContain('2026-03-01T12:00:00.001Z to 2026-03-01T12:00:00.004Z\n')
    expect(stdout).toMatch(/\njournal-00000002\.log {5}b2 {8}1 +\d+ {11}-\n\nwhole\n$/)
    const json = JSON.parse((await journal('verify', folder.path, '--json')).stdout)
    expect(json).toMatchObject({
      schema: 'dolphin.journal-verify/1',
      passed: true,
      verdict: { kind: 'whole' },
      kind: 'execution',
      isWritten: false,
      records: 4,
      firstAtMs: AT_MS + 1,
      lastAtMs: AT_MS + 4,
      types: { flat: 2, fill: 2 },
      segments: [
        { name: FIRST, build: 'b1', records: 3 },
        { build: 'b2', records: 1 },
      ],
    })
  })

  it('warns of an unfinished last write, leaves it, and fails it only when it is to be strict', async () => {
    await write(plains(1, 3))
    const path = join(folder.path, FIRST)
    appendFileSync(path, recordLine(plain(4)).slice(0, 30))
    const before = readFileSync(path)
    const { code, stdout } = await journal('verify', folder.path)
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /\nunfinished {2}.*: the last write was never finished: 30 bytes from byte \d+ on \(.*\); none of it had been acknowledged\n$/,
    )
    const strict = await journal('verify', folder.path, '--strict', '--json')
    expect(strict.code).toBe(1)
    expect(JSON.parse(strict.stdout)).toMatchObject({ passed: false, verdict: { kind: 'tornTail', bytes: 30 } })
    expect(readFileSync(path)).toEqual(before)
  })

  it('fails damage, with record, segment and byte', async () => {
    await write(plains(1, 3))
    damage(2)
    const { code, stdout } = await journal('verify', folder.path)
    expect(code).toBe(1)
    expect(stdout).toMatch(
      /\ndamaged {2}.*journal-00000001\.log: damaged at record 2, byte \d+: expected record 2, found sum /,
    )
    expect(JSON.parse((await journal('verify', folder.path, '--json')).stdout).verdict).toMatchObject({
      kind: 'corrupt',
      segment: FIRST,
      record: 2,
    })
  })

  it('reads a journal while it is written', async () => {
    const opened = await openIn(folder.path, 'execution')
    expect(JSON.parse((await journal('verify', folder.path, '--json')).stdout)).toMatchObject({
      passed: true,
      isWritten: true,
    })
    await opened.journal.close()
  })
})

describe('opening a journal for writing', () => {
  it('refuses a damaged one as data and says what to do', async () => {
    await write(plains(1, 3))
    damage(2)
    await expect(openIn(folder.path, 'execution')).rejects.toMatchObject({
      name: 'DataRefused',
      message: expect.stringMatching(/journal-00000001\.log: damaged at record 2, byte \d+: expected record 2/),
      kind: 'data',
      hint: expect.stringContaining('docs/journal.md'),
    })
  })

  it('refuses the other side’s, one in use, and a folder that cannot be one', async () => {
    const { journal: held } = await openIn(folder.path, 'execution')
    await expect(openIn(folder.path, 'execution')).rejects.toMatchObject({ name: 'InputMistake', kind: 'input' })
    await held.close()
    await expect(openIn(folder.path, 'decision')).rejects.toMatchObject({
      message: expect.stringContaining('expected kind decision, found kind execution'),
    })
    writeFileSync(join(folder.path, 'file'), '')
    await expect(openIn(join(folder.path, 'file'), 'decision')).rejects.toMatchObject({
      message: expect.stringContaining('cannot open the journal: EEXIST'),
      kind: 'surroundings',
    })
  })

  it('warns of a tail that it cut', async () => {
    await write(plains(1, 2))
    appendFileSync(join(folder.path, FIRST), 'half')
    const { warnings, records } = await write([])
    expect([records, warnings]).toEqual([2, [expect.any(String)]])
    expect(warnings[0]).toMatch(/never finished: 4 bytes from byte (\d+) on .*; it was cut and kept as .*\.torn-\1$/)
  })
})

/** An execution side's journal in small segments, with a checkpoint at each step: an operator's commands. */
async function writeSegments(commands: number): Promise<ExecutionSide> {
  const recovery = new ExecutionRecovery()
  const at = { folder: folder.path, kind: 'execution', build: 'b1' } as const
  const { journal: opened } = await openJournal(at, recovery, { segmentBytesMax: 1000 })
  const side = new ExecutionSide({ ...EXECUTION_DEFAULTS, instruments: [instrument()], build: BUILD })
  opened.listen({ durable: () => {}, failed: () => {}, checkpoint: () => side.checkpoint() })
  for (let n = 0; n < commands; n++) {
    const command = { command: n % 2 === 0 ? 'reduce-only' : 'resume', reason: `command ${n}` } as const
    const event =
      n === 0
        ? ({ kind: 'start', nowMs: AT_MS } as const)
        : { kind: 'command' as const, nowMs: AT_MS + n * HOUR_MS, command }
    for (const effect of side.handle(event)) if (effect.kind === 'append') opened.append(recordLine(effect.record))
    while (opened.depth > 0) await new Promise((resolve) => setImmediate(resolve))
  }
  await opened.close()
  return side
}

const HOUR_MS = 3_600_000
/** Of the side; the journals name their own. */
const BUILD = '00000000000000b1'
const files = (pattern: RegExp) => readdirSync(folder.path).filter((name) => pattern.test(name))

describe('a journal of several segments', () => {
  it('is replayed from its last checkpoint as a start does, or whole, to the state of the process that wrote it', async () => {
    const side = await writeSegments(40)
    const quick = JSON.parse((await journal('replay', folder.path, '--json', '--quiet')).stdout)
    expect(quick).toMatchObject({ records: side.state.n, stateHash: side.stateHash() })
    expect(quick.begunBehind).toBeGreaterThan(20)
    const whole = JSON.parse((await journal('replay', folder.path, '--json', '--quiet', '--whole')).stdout)
    expect(whole).toEqual({ ...quick, begunBehind: 0 })
    const until = JSON.parse((await journal('replay', folder.path, '--json', '--quiet', '--until', '20')).stdout)
    expect(until).toMatchObject({ records: 20, state: { n: 20 } })
    expect(until.begunBehind).toBeLessThanOrEqual(20)
    expect((await journal('replay', folder.path)).stdout).toContain(
      `, from the checkpoint behind record ${quick.begunBehind} on\n`,
    )
  })

  it('says which checkpoint is damaged: a replay does without, verify tells, and fails it only when it is to be strict', async () => {
    const side = await writeSegments(40)
    const name = files(/^checkpoint-/).at(-1)!
    writeFileSync(join(folder.path, name), 'nothing of ours\n')
    const { code, stdout, stderr } = await journal('replay', folder.path, '--json')
    expect([code, JSON.parse(stdout).stateHash]).toEqual([0, side.stateHash()])
    expect(stderr).toContain(`${name}: the checkpoint was not used: no sum; records were replayed instead\n`)
    const verified = await journal('verify', folder.path)
    expect(verified.code).toBe(0)
    expect(verified.stdout).toMatch(
      /\nno checkpoint {2}the one that .* names: no sum; a start replays records instead\nwhole\n$/,
    )
    expect((await journal('verify', folder.path, '--strict')).code).toBe(1)
  })

  it('refuses a whole replay that comes to another state than a segment was begun with', async () => {
    await writeSegments(40)
    const second = files(/^journal-.*\.log$/)[1]!
    const path = join(folder.path, second)
    const text = readFileSync(path, 'utf8')
    const header = JSON.parse(text.slice(text.indexOf('{'), text.indexOf('\n')))
    writeFileSync(path, headerLine({ ...header, state: '0123456789abcdef' }) + text.slice(text.indexOf('\n') + 1))
    const { code, stderr } = await journal('replay', folder.path, '--whole', '--quiet')
    expect(code).toBe(3)
    expect(stderr).toMatch(
      /journal-00000002\.log: the state behind record \d+: expected 0123456789abcdef, .* found [0-9a-f]{16}\n/,
    )
    expect((await journal('replay', folder.path, '--quiet')).code).toBe(0)
  })

  it('is archived up to its last checkpoint, and shown, verified and replayed as before', async () => {
    await writeSegments(40)
    const show = await journal('show', folder.path, '--json')
    const replay = await journal('replay', folder.path, '--json', '--whole', '--quiet')
    const plain = files(/\.log$/)
    const { code, stdout, stderr } = await journal('archive', folder.path, '--json')
    expect([code, stderr]).toEqual([0, ''])
    const { schema, segments, bytes, archivedBytes } = JSON.parse(stdout)
    expect(schema).toBe('dolphin.journal-archive/1')
    expect(segments.map(({ name }: { name: string }) => name)).toEqual(plain.slice(0, -1))
    expect(archivedBytes).toBeLessThan(bytes)
    expect(files(/^journal-/)).toEqual([...plain.slice(0, -1).map((name) => `${name}.gz`), plain.at(-1)])
    expect(await journal('show', folder.path, '--json')).toEqual(show)
    expect(await journal('replay', folder.path, '--json', '--whole', '--quiet')).toEqual(replay)
    const verified = JSON.parse((await journal('verify', folder.path, '--json', '--strict')).stdout)
    expect(verified).toMatchObject({ passed: true, verdict: { kind: 'whole' } })
    expect(verified.segments.map((one: { archived: boolean }) => one.archived)).toEqual(
      plain.map((_, i) => i < plain.length - 1),
    )
    expect((await journal('archive', folder.path)).stdout).toBe(
      'Nothing to archive: every plain segment is one that a start reads.\n',
    )
  })

  it('is archived before a date, and a segment that a writer may be at work in is refused by name', async () => {
    await writeSegments(80)
    const [first] = JSON.parse(
      (await journal('archive', folder.path, '--before', '2026-03-02', '--json')).stdout,
    ).segments
    expect(first.name).toBe(FIRST)
    const left = files(/^journal-.*\.log$/)
    expect(left.length).toBeGreaterThan(1)
    expect((await journal('archive', folder.path, '--before', '2026-02-01')).stdout).toMatch(/^Nothing to archive/)
    for (const name of files(/^checkpoint-/)) rmSync(join(folder.path, name))
    const refused = await journal('archive', folder.path, '--before', '2026-03-30')
    expect(refused.code).toBe(2)
    expect(refused.stderr).toMatch(
      new RegExp(
        `^error: --before: .*${left[0]} is over before that date, and not behind a checkpoint: a start reads it`,
      ),
    )
    expect(files(/^journal-.*\.log$/)).toEqual(left)
    expect(await journal('archive', folder.path, '--before', 'march')).toMatchObject({
      code: 2,
      stderr: 'error: --before: expected a date YYYY-MM-DD, found "march"\n',
    })
  })
})

describe('dolphin journal replay', () => {
  /** What a side appends when it is driven a little. */
  function executionRecords(): { readonly records: ExecutionRecord[]; readonly hashes: string[] } {
    const settings = { ...EXECUTION_DEFAULTS, instruments: [instrument()], build: BUILD }
    const side = new ExecutionSide(settings)
    const records: ExecutionRecord[] = []
    const hashes: string[] = []
    for (const event of [
      { kind: 'start', nowMs: AT_MS },
      { kind: 'command', nowMs: AT_MS + 1, command: { command: 'reduce-only', reason: 'lunch' } },
      { kind: 'command', nowMs: AT_MS + 2, command: { command: 'resume', reason: 'back' } },
    ] as const) {
      for (const effect of side.handle(event)) {
        if (effect.kind === 'append') records.push(effect.record)
      }
      hashes[records.length] = side.stateHash()
    }
    return { records, hashes }
  }

  it('prints the state and the hash that the writing side had, behind any record', async () => {
    const { records, hashes } = executionRecords()
    await write(records)
    for (const until of Object.keys(hashes)) {
      const { code, stdout } = await journal('replay', folder.path, '--until', until, '--json', '--quiet')
      expect(code).toBe(0)
      expect(JSON.parse(stdout)).toMatchObject({
        schema: 'dolphin.journal-replay/1',
        kind: 'execution',
        records: Number(until),
        stateHash: hashes[Number(until)],
        state: { n: Number(until) },
      })
    }
    const { stdout, stderr } = await journal('replay', folder.path)
    expect(stdout).toContain(`state hash ${hashes.at(-1)}\n`)
    expect(stdout).toMatch(/\nmode +"ACTIVE"\n/)
    expect(stderr).toMatch(/^Written by build b1, replayed by [0-9a-f]{16}\.\n$/)
  })

  it('names the record that does not follow', async () => {
    const { records } = executionRecords()
    const odd = { ...plain(records.length + 1), type: 'entryOver' } as JournalRecord
    await write([...records, odd])
    const { code, stderr } = await journal('replay', folder.path, '--quiet')
    expect(code).toBe(3)
    expect(stderr).toContain(`record ${odd.n} (entryOver) does not follow: `)
  })

  it('refuses a record that is not there, a damaged journal, and --config where nothing is configured', async () => {
    const { records } = executionRecords()
    await write(records)
    const beyond = await journal('replay', folder.path, '--until', '999')
    expect(beyond).toMatchObject({ code: 2, stderr: `error: --until: expected 1 to ${records.length}, found 999\n` })
    expect(await journal('replay', folder.path, '--config', 'x')).toMatchObject({ code: 2 })
    damage(1)
    expect(await journal('replay', folder.path)).toMatchObject({ code: 3 })
  })

  it('recovers the decision side with the champion, or refuses what another strategy wrote', async () => {
    const settings = {
      ...DECISION_DEFAULTS,
      risk: CHAMPION_RISK,
      instruments: [],
      build: BUILD,
      idPrefix: 'Q',
      initialBalanceUsd: '25000',
    }
    const side = new DecisionSide(settings, [])
    const records: DecisionRecord[] = []
    for (const effect of side.handle({ kind: 'start', nowMs: AT_MS })) {
      if (effect.kind === 'append') records.push(effect.record)
    }
    const [begun, ...rest] = records
    await write([{ ...begun, strategies: ['blue'] } as DecisionRecord, ...rest], 'decision')
    const { code, stdout } = await journal('replay', folder.path, '--json', '--quiet')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      kind: 'decision',
      records: records.length,
      state: { begun: { idPrefix: 'Q', initialBalanceUsd: '25000' } },
    })
    const session = join(folder.path, 'journal', 'decision')
    mkdirSync(session, { recursive: true })
    renameSync(join(folder.path, FIRST), join(session, FIRST))
    writeFileSync(join(folder.path, 'settings.json'), '{}')
    const odd = await journal('replay', session, '--quiet')
    expect([odd.code, odd.stderr]).toEqual([3, expect.stringContaining('settings.json')])
    expect(await journal('replay', session, '--config', 'configs/blue.yml', '--quiet')).toMatchObject({ code: 0 })
    const green = await journal('replay', session, '--config', 'configs/green.yml', '--quiet')
    expect(green.code).toBe(2)
    expect(green.stderr).toContain('expected strategy blue, with which it was begun, found green')
  })
})
