import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CREDENTIAL_VARIABLES } from '../../adapters/binance/credentials.js'
import { serveLink } from '../../adapters/socket/socket-link.js'
import { serveVenue } from '../../adapters/socket/venue-server.js'
import { instrumentsText } from '../../config/instruments.js'
import { writeAtomically } from '../../files/whole-file.js'
import type { Link } from '../../ports/link.js'
import type { Venue } from '../../ports/venue.js'
import type { JournalStanding, RemoteExecution } from '../../runtime/session/session-parts.js'
import { SupervisedChild } from '../../runtime/supervision/child.js'
import { type ClockScale, scaleText } from '../../runtime/time/scaled-clock.js'
import { EXIT } from '../shell/exit-codes.js'
import { runsUnderText } from './runs-under.js'
import type { ServedSession } from './served-session.js'
import type { SessionFolder } from './session-folder.js'
import { journalFolder, type SessionSetup } from './session-settings.js'

/**
 * The execution side of a session as a `dolphin executor` of its own, started again when it dies, and reached over sockets
 * that only this user can enter.
 */
export async function executorProcess(
  setup: SessionSetup,
  files: ExecutorFiles,
  around: {
    readonly folder: SessionFolder
    readonly scale: ClockScale
    /** Undefined: it connects to an exchange by itself. */
    readonly venue: Venue | undefined
    readonly served: ServedSession
    onNotice(text: string): void
    /** It has said what is wrong, and that a person has to change it. Answers whether the session ends of that. */
    refused(): boolean
  },
): Promise<{ readonly link: Link; readonly execution: RemoteExecution }> {
  const { served, venue } = around
  const sockets = await mkdtemp(join(tmpdir(), 'dolphin-paper-'))
  const [linkPath, exchangePath] = [join(sockets, 'link.sock'), join(sockets, 'exchange.sock')]
  const link = await serveLink(linkPath)
  const server = venue === undefined ? undefined : await serveVenue(exchangePath, venue)
  const options: Readonly<Record<string, string | undefined>> = {
    link: linkPath,
    ...(files.exchangeAt === undefined
      ? { exchange: exchangePath }
      : { 'exchange-at': files.exchangeAt, 'since-ms': String(setup.startedAtMs) }),
    journal: journalFolder(around.folder.folder, 'execution'),
    symbols: setup.symbols.join(','),
    ...served.executorOptions,
    config: files.execution,
    instruments: setup.session.live === undefined ? files.instruments : await keptRules(around.folder.folder, setup),
    clock: scaleText(around.scale),
    ...(setup.session.live === undefined ? {} : { 'runs-under': runsUnderText(setup.decision.conditions) }),
  }
  const fractions = files.iMeanFractions ? ['--i-mean-fractions'] : []
  const child = new SupervisedChild({
    name: 'executor',
    argv: ['executor', ...optionWords(options), ...fractions, '--until-stdin-ends', '--json'],
    // Its lines are told as this process's own, which then has to do with their colours.
    environment: { ...NO_CREDENTIALS, ...files.environment, ...served.executorEnvironment, NO_COLOR: '1' },
    isFinal: (exitCode) => exitCode === EXIT.usage && around.refused(),
    tell: (line) => {
      if (!served.executorSaid(line)) around.onNotice(line)
    },
  })
  let stopped: Promise<JournalStanding> | undefined
  const stop = async (): Promise<JournalStanding> => {
    const standing = standingOf(await child.stop())
    await server?.close()
    await link.close()
    await rm(sockets, { recursive: true, force: true })
    return standing
  }
  return {
    link,
    execution: {
      name: 'executor',
      take: (command) => served.instructExecutor(command),
      stop: () => {
        stopped ??= stop()
        return stopped
      },
    },
  }
}

/** Files that the executor reads itself; absent: the packaged ones. */
export interface ExecutorFiles {
  readonly execution?: string
  readonly instruments?: string
  /** Where an exchange is that it connects to itself, with the keys of its environment; absent: this process has the exchange. */
  readonly exchangeAt?: string
  /** Values of the first that are probably percentages are meant. */
  readonly iMeanFractions?: boolean
  /** What it finds in its environment beside this process's own. */
  readonly environment?: Readonly<Record<string, string>>
}

/** One that fills nothing at an exchange has no use for the key of an account. */
const NO_CREDENTIALS = Object.fromEntries(CREDENTIAL_VARIABLES.map((name) => [name, undefined]))

/** The exchange's rules as they were when the session began, where the executor reads them. */
async function keptRules(folder: string, { execution: { instruments } }: SessionSetup): Promise<string> {
  const path = join(folder, 'instruments.json')
  await writeAtomically(path, instrumentsText(instruments))
  return path
}

function optionWords(options: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value]))
}

/** Where an executor said that it stopped; one that was killed says nothing. */
function standingOf(stdout: string): JournalStanding {
  try {
    const { records, stateHash } = JSON.parse(stdout) as JournalStanding
    return { records, stateHash }
  } catch {
    return { records: 0, stateHash: '' }
  }
}
