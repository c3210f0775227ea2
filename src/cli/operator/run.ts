import { DataRefused, found, InputMistake, type Problem } from '../../base/mistakes.js'
import { readSecret } from '../../config/secret.js'
import type { OperatorCommand } from '../../ports/sides.js'
import { type CommandAnswer, sendCommand } from '../../runtime/status/command-client.js'
import { TOKEN_VARIABLE } from '../compose/serve-address.js'
import { EXIT, type ExitCode } from '../shell/exit-codes.js'
import { coloursFor, printResult } from '../shell/terminal.js'

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
  const answer = await sendCommand(raw.url, token, { command, reason: raw.reason.trim() }).catch((error: Error) => {
    throw new DataRefused(
      { place: raw.url, message: error.message },
      { hint: 'Whether the command is in force is not known: look at /status.' },
    )
  })
  await printResult(raw.json ? `${JSON.stringify({ command, ...flat(answer) })}\n` : answerText(command, answer, raw))
  return answer.taken && answer.outcome.inForce && answer.outcome.durable ? EXIT.ok : EXIT.failed
}

function flat(answer: CommandAnswer): object {
  return answer.taken ? answer.outcome : { inForce: false, durable: false, detail: answer.detail }
}

function answerText(command: string, answer: CommandAnswer, { color }: RawOperatorOptions): string {
  const colours = coloursFor(process.stdout, color ?? true)
  if (!answer.taken) return `${colours.red('REFUSED')}  ${command}: ${answer.httpStatus} ${answer.detail}\n`
  const { inForce, durable, detail } = answer.outcome
  if (!inForce) return `${colours.red('NOT IN FORCE')}  ${detail}\n`
  return durable
    ? `${colours.green('IN FORCE')}  ${detail}\n`
    : `${colours.yellow('IN FORCE, NOT DURABLE')}  ${detail}\n`
}
