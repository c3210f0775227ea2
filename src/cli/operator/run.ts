import { unreachable } from '../../base/assert.js'
import { DataRefused, found, InputMistake, type Problem } from '../../base/mistakes.js'
import { readSecret } from '../../config/secret.js'
import type { OperatorCommand } from '../../ports/sides.js'
import type { CommandOutcome } from '../../ports/status-surface.js'
import { type CommandAnswer, sendCommand } from '../../runtime/status/command-client.js'
import { TOKEN_VARIABLE } from '../compose/serve-address.js'
import { EXIT, type ExitCode } from '../shell/exit-codes.js'
import { coloursFor, printResult, textOfLines } from '../shell/terminal.js'

export interface RawOperatorOptions {
  readonly reason: string
  readonly url: string
  readonly tokenFile?: string
  readonly json?: boolean
  readonly color?: boolean
}

/** Runs `dolphin operator`. The token is never printed. */
export async function runOperator(command: OperatorCommand['command'], raw: RawOperatorOptions): Promise<ExitCode> {
  const problems: Problem[] = []
  if (raw.reason.trim() === '') problems.push({ place: '--reason', message: 'expected a text, found none' })
  if (!URL.canParse(raw.url) || !/^https?:$/.test(new URL(raw.url).protocol)) {
    problems.push({ place: '--url', message: `expected an http address, found ${found(raw.url)}` })
  }
  if (problems.length > 0) throw new InputMistake(problems)
  const token = readSecret({ variable: TOKEN_VARIABLE, file: raw.tokenFile })
  if (token === undefined) {
    throw new InputMistake({
      place: '--token-file',
      message: `expected the operator token there or in ${TOKEN_VARIABLE}`,
    })
  }
  // The start of the process counts: whoever waits does not care what for.
  const leftMs = Math.max(LEAST_MS, ALL_MS - process.uptime() * 1_000)
  const answer = await sendCommand(raw.url, token, { command, reason: raw.reason.trim() }, { timeoutMs: leftMs })
  if (raw.json) await printResult(`${JSON.stringify({ command, ...flat(answer) })}\n`)
  switch (answer.kind) {
    case 'outcome': {
      const { inForce, durable } = answer.outcome
      if (!raw.json) await printResult(outcomeText(answer.outcome, raw))
      return inForce && durable ? EXIT.ok : EXIT.failed
    }
    case 'refused':
      if (!raw.json) await printResult(refusedText(command, answer, raw))
      return EXIT.failed
    case 'unknown':
      throw new DataRefused(
        { place: raw.url, message: answer.detail },
        { hint: 'Whether the command is in force is not known: look at /status.' },
      )
    default:
      return unreachable(answer)
  }
}

/** How long the command takes at most, and how long it waits for an answer in any case. */
const ALL_MS = 9_700
const LEAST_MS = 2_000

/** `inForce` null: not known. */
function flat(answer: CommandAnswer): object {
  if (answer.kind === 'outcome') return answer.outcome
  const inForce = answer.kind === 'refused' ? false : null
  return { inForce, durable: inForce, detail: answer.detail }
}

function refusedText(
  command: string,
  { httpStatus, detail }: Extract<CommandAnswer, { readonly kind: 'refused' }>,
  { color }: RawOperatorOptions,
): string {
  const word = coloursFor(process.stdout, color ?? true).red('REFUSED')
  return textOfLines([`${word}  ${command}: ${httpStatus} ${detail}`])
}

function outcomeText({ inForce, durable, detail }: CommandOutcome, { color }: RawOperatorOptions): string {
  const colours = coloursFor(process.stdout, color ?? true)
  const word = !inForce
    ? colours.red('NOT IN FORCE')
    : durable
      ? colours.green('IN FORCE')
      : colours.yellow('IN FORCE, NOT DURABLE')
  return textOfLines([`${word}  ${detail}`])
}
