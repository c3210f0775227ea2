import { describe, expect, it } from 'vitest'
import type { OperatorCommand } from '../../../src/ports/sides.js'
import { type CommandTargets, carryOut } from '../../../src/runtime/status/carry-out.js'

/** Targets that note what reached them, in order. */
function targets(changes: Partial<CommandTargets> = {}): { readonly log: string[]; readonly to: CommandTargets } {
  const log: string[] = []
  const side = (name: string) => ({ name, take: ({ command }: OperatorCommand) => void log.push(`${name} ${command}`) })
  const to: CommandTargets = {
    here: [side('decision side'), side('execution side')],
    elsewhere: [
      {
        name: 'executor',
        take: async ({ command }) => {
          log.push(`executor ${command}`)
        },
      },
    ],
    persist: async ({ command }) => {
      log.push(`disk ${command}`)
    },
    journalFault: () => undefined,
    mode: () => ({ trading_mode: 'Active', mode_reasons: [] }),
    ...changes,
  }
  return { log, to }
}

const KILL: OperatorCommand = { command: 'kill', reason: 'law' }
const broken = (what: string) => () => {
  throw new Error(what)
}

describe("an operator's command", () => {
  it.each<[OperatorCommand['command'], string[]]>([
    ['kill', ['decision side kill', 'execution side kill', 'executor kill', 'disk kill']],
    ['resume', ['decision side resume', 'execution side resume', 'executor resume', 'disk resume']],
    ['reduce-only', ['decision side reduce-only', 'execution side reduce-only', 'executor reduce-only']],
    ['flatten', ['decision side flatten', 'execution side flatten', 'executor flatten']],
    [
      'maintenance-on',
      [
        'decision side maintenance-on',
        'execution side maintenance-on',
        'executor maintenance-on',
        'disk maintenance-on',
      ],
    ],
    ['clear-lockout', ['decision side clear-lockout']],
    ['reset-breaker', ['decision side reset-breaker']],
    ['resync', ['decision side resync']],
  ])('%s goes to memory first, then elsewhere and to disk: %j', async (command, expected) => {
    const { log, to } = targets()
    expect(await carryOut({ command, reason: 'law' }, to)).toEqual({
      inForce: true,
      durable: true,
      detail: `${command}: done`,
    })
    expect(log).toEqual(expected)
  })

  it('is in force on the sides of this process before anything is waited for', () => {
    const never = () => new Promise<void>(() => {})
    const { log, to } = targets({ persist: never, elsewhere: [{ name: 'executor', take: never }] })
    void carryOut(KILL, to)
    expect(log).toEqual(['decision side kill', 'execution side kill'])
  })

  it('is in force when disk, journal, executor and one side fail together; each is told, and none stops another', async () => {
    const { log, to } = targets()
    const outcome = await carryOut(KILL, {
      ...to,
      here: [{ name: 'decision side', take: broken('it has stopped') }, to.here[1]!],
      elsewhere: [{ name: 'executor', take: broken('it has not said where') }],
      persist: () => Promise.reject(new Error('ENOSPC')),
      journalFault: () => 'cannot be written',
    })
    expect(outcome).toEqual({
      inForce: true,
      durable: false,
      detail:
        'kill: decision side: it has stopped; executor: it has not said where; kill switch: ENOSPC; journal: cannot be written',
    })
    expect(log).toEqual(['execution side kill'])
  })

  it('is not in force when no side of this process takes it', async () => {
    const { to } = targets({ here: [{ name: 'decision side', take: broken('it has stopped') }] })
    expect(await carryOut(KILL, to)).toMatchObject({ inForce: false, durable: false })
  })

  it('to resume says what keeps the mode at Kill all the same', async () => {
    const { to } = targets({
      mode: () => ({ trading_mode: 'Kill', mode_reasons: ['KILL_POSTURE_HIBERNATE', 'KILL_OPERATOR'] }),
    })
    expect(await carryOut({ command: 'resume', reason: 'law' }, to)).toEqual({
      inForce: true,
      durable: true,
      detail: 'resume: done; the mode stays Kill: KILL_POSTURE_HIBERNATE',
    })
  })

  it('to resume is done where another process has not said yet that it has resumed', async () => {
    const { to } = targets({ mode: () => ({ trading_mode: 'Kill', mode_reasons: ['KILL_OPERATOR'] }) })
    expect((await carryOut({ command: 'resume', reason: 'law' }, to)).detail).toBe('resume: done')
  })

  it('to resume changes nothing while a journal has failed, and says that the mode stays Kill, and why', async () => {
    const { log, to } = targets({ journalFault: () => 'cannot be written' })
    expect(await carryOut({ command: 'resume', reason: 'law' }, to)).toEqual({
      inForce: false,
      durable: false,
      detail: 'resume: the mode stays Kill: the journal cannot be written, until a restart; nothing was changed',
    })
    expect(log).toEqual([])
  })
})
