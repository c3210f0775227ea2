import type { Command } from 'commander'
import { printable } from '../../base/printable.js'
import { checkStatus } from '../../core/status/check.js'
import { harnessText } from '../../core/status/harness-text.js'
import { assumptionCounts, marketRegimeText } from '../../core/status/health-text.js'
import type { HealthView, SessionView } from '../../ports/status-surface.js'
import type { StatusDocument } from '../../ports/vocabulary/status.generated.js'
import { EXIT, type ExitCode } from '../shell/exit-codes.js'
import { duration } from '../shell/figures-text.js'
import { type Colours, coloursFor, printResult, textOfLines } from '../shell/terminal.js'
import { readStatus, readViews, type StatusSource } from './source.js'

/** `dolphin status show`. */
export function register(parent: Command): void {
  const command = parent
    .command('show')
    .summary('say the state of the system in one screen')
    .description('Say the state of the system in one screen: mode, why, what ends it, position, ages.')
    .option('--file <json>', 'a document in a file')
    .option('--url <address>', 'a document served by a running session')
    .option('--no-color', 'no colours (NO_COLOR does the same)')
    .addHelpText('after', `\n${EXAMPLES}`)
  command.action(async (raw: StatusSource & { readonly color?: boolean }) => {
    process.exitCode = await show({ ...command.optsWithGlobals(), ...raw })
  })
}

const EXAMPLES = `Examples:
  dolphin status show --url http://127.0.0.1:8080/api/v1/status
  dolphin status show --file status.json

Exit codes:
  0    the document may be believed, whatever its mode
  1    it breaks its contract: unknown, treat as Kill
  2    there is no document`

async function show(options: StatusSource & { readonly color?: boolean }): Promise<ExitCode> {
  const document = await readStatus(options)
  const colours = coloursFor(process.stdout, options.color ?? true)
  const violations = checkStatus(document)
  if (violations.length > 0) {
    const broken = violations.map(({ rule, field, found }) => `  ${rule}  ${field}: ${found}`)
    const verdict = colours.bgRed(colours.bold(' UNKNOWN: treat as Kill '))
    await printResult(textOfLines([`${verdict}  the document breaks its contract`, ...broken]))
    return EXIT.failed
  }
  await printResult(statusScreen(document as StatusDocument, colours, await readViews(options)))
  return EXIT.ok
}

const MODE_WORDS = {
  Active: ['ACTIVE', 'entries are allowed'],
  ReduceOnly: ['REDUCE ONLY', 'exits go on, nothing opens'],
  Kill: ['KILL', 'positions are closed, nothing opens'],
} as const

const ENDS = { AUTO: 'by itself', OPERATOR: 'by an operator', RESTART: 'by a restart' } as const

type Views = Pick<SessionView, 'health' | 'harness'>

/** What a person must know in five seconds, the most important first. */
export function statusScreen(status: StatusDocument, colours: Colours, views: Views = {}): string {
  const [word, meaning] = MODE_WORDS[status.trading_mode]
  const paint = { Active: colours.green, ReduceOnly: colours.yellow, Kill: colours.red }[status.trading_mode]
  const { owner_view: owner } = status
  const { health, harness } = views
  const row = (name: string, text: string) => `  ${colours.dim(name.padEnd(11))}${text}`
  const lines = [
    `${paint(colours.bold(colours.inverse(` ${word} `)))}  ${meaning}${' '.repeat(3)}${colours.dim(`${status.deployment_environment}, ${status.strategy_id}`)}`,
    '',
    row('why', `${colours.bold(owner.primary_owner_reason_code)}  ${owner.owner_message}`),
    ...status.mode_reasons.slice(1).map((code) => row('and', code)),
    ...owner.unblock.map(({ type, condition, current }, i) =>
      row(i === 0 ? 'ends' : '', `${ENDS[type]}: ${condition}  ${colours.dim(`now ${current}`)}`),
    ),
    '',
    row(
      'position',
      `${status.open_position_count} open, drawdown ${status.drawdown_pct.toFixed(2)} %, margin in use ${percent(status.margin_util, 100)}`,
    ),
    row('posture', `${status.posture}, risk multiplier ${status.risk_multiplier.toFixed(3)}`),
    row('link', `${status.link_state}, last message ${age(status.link_age_ms)}`),
    row(
      'data',
      `market event ${age(status.ws_event_lag_ms)}, scan ${status.last_scan_number ?? 'none'} ${age(status.last_scan_age_ms)}`,
    ),
    row(
      'journal',
      `${status.wal_queue_depth} of ${status.wal_queue_capacity} waiting, ${status.wal_enqueue_failures} failed; reconciled ${
        status.reconcile_last_ok_ts_ms === null ? 'never' : age(status.status_ts_ms - status.reconcile_last_ok_ts_ms)
      }`,
    ),
    row('disk', `${percent(status.disk_used_pct)} used`),
    row('latch', latchText(status)),
    ...(harness === undefined ? [] : [row('harness', printable(harnessText(harness)))]),
    ...(health === undefined ? [] : healthRows(health)).map(([name, text]) => row(name, printable(text))),
    row('as of', `${new Date(status.status_ts_ms).toISOString()}, up ${duration(status.uptime_s)}`),
  ]
  return textOfLines(lines)
}

/** What the system takes for granted, and what its trades and its market say of it. */
function healthRows(health: HealthView): (readonly [string, string])[] {
  const { components, systemRegime, marketRegimes } = health
  const unsafe = components.flatMap(({ component, safety, isNeeded, against }) =>
    safety === 'UNSAFE' ? [`${component}${isNeeded ? ', so nothing opens' : ''} (${against.join(', ')})`] : [],
  )
  const won = systemRegime.winRate === null ? 'no trades' : `${percent(systemRegime.winRate, 100)} won`
  return [
    ['assumes', assumptionCounts(health)],
    ...unsafe.map((text) => ['unsafe', text] as const),
    ['edge', `${systemRegime.regime}, confidence ${systemRegime.confidence.toFixed(1)}, ${won}`],
    ...(marketRegimes.length === 0 ? [] : [['market', marketRegimeText(marketRegimes)] as const]),
  ]
}

/** A document may leave it out, and null is not known yet. */
function percent(value: number | null | undefined, per = 1): string {
  return value === null || value === undefined ? 'unknown' : `${(value * per).toFixed(1)} %`
}

function latchText({ open_permission_reason_codes: codes }: StatusDocument): string {
  return codes.length === 0 ? 'open' : `blocked by ${codes.join(', ')}`
}

function age(ms: number | null): string {
  return ms === null ? 'never' : `${duration(ms / 1000)} ago`
}
