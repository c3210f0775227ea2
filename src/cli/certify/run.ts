import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { DataRefused, InputMistake } from '../../base/mistakes.js'
import { parseJsonDocument } from '../../config/json-document.js'
import { CERTIFICATE_KEY_VARIABLE, readSecret } from '../../config/secret.js'
import type { CausalityVerdict } from '../../core/backtest/causality.js'
import { withinPeriod } from '../../core/days/period.js'
import { CHAMPION_HASH } from '../../core/engine/parameters.js'
import {
  type Certificate,
  type CertificateClaim,
  type CertificateVerdict,
  checkCertificate,
  issueCertificate,
} from '../../core/mode/certificate.js'
import { CONSTANTS_HASH } from '../../core/status/frozen-constants.js'
import { displayPath, packageVersion } from '../../files/package-files.js'
import { reason } from '../../files/reason.js'
import { writeAtomically } from '../../files/whole-file.js'
import type { BacktestReport } from '../../ports/vocabulary/report.js'
import { backtestDays } from '../compose/backtest.js'
import { checkCausality } from '../compose/causality.js'
import { findDays } from '../compose/days.js'
import { prepareRun } from '../compose/run-settings.js'
import { EXIT, type ExitCode } from '../shell/exit-codes.js'
import { percent } from '../shell/figures-text.js'
import { watchInterrupt } from '../shell/signals.js'
import { coloursFor, notice, printResult, textOfLines } from '../shell/terminal.js'
import { certifyOptions, type Limits, type RawCertifyOptions } from './options.js'

/** Runs `dolphin certify`. Answers 1 when the certificate says no. */
export async function certify(inputs: readonly string[], raw: RawCertifyOptions): Promise<ExitCode> {
  const key = readSecret({ variable: CERTIFICATE_KEY_VARIABLE, file: raw.keyFile })
  if (raw.check !== undefined) return check(raw.check, key, raw)
  if (key === undefined) {
    throw new InputMistake({
      place: '--key-file',
      message: `expected a signing key there or in ${CERTIFICATE_KEY_VARIABLE}`,
    })
  }
  const { run, inputs: days, period, out, limits } = certifyOptions(inputs, raw)
  const watch = watchInterrupt()
  try {
    const prepared = prepareRun(run)
    const files = withinPeriod(await findDays(days), period)
    const quiet = raw.quiet ?? false
    if (!quiet && prepared.notice !== undefined) notice(prepared.notice)
    const choice = { files, quiet, signal: watch.signal, keepRefusals: true }
    const result = await backtestDays(prepared, choice)
    const causality = await checkCausality(prepared, result, { ...choice, cuts: limits.cuts })
    const certificate = issueCertificate(claimOf(result.report, causality, limits), encode(key))
    await writeAtomically(resolve(out), `${JSON.stringify(certificate, undefined, 2)}\n`)
    const verdict = checkCertificate(certificate, { ...runningNow(), key: encode(key) })
    await printResult(
      raw.json ? `${JSON.stringify(certificate, undefined, 2)}\n` : text(certificate, verdict, out, raw),
    )
    return verdict.state === 'PASS' ? EXIT.ok : EXIT.failed
  } finally {
    watch.stop()
  }
}

const DAY_MS = 86_400_000

async function check(path: string, key: string | undefined, raw: RawCertifyOptions): Promise<ExitCode> {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new InputMistake({ place: displayPath(path), message: `cannot read a certificate: ${reason(error)}` })
  }
  const certificate = parseJsonDocument(text, displayPath(path), 'a certificate')
  const verdict = checkCertificate(certificate, { ...runningNow(), key: key === undefined ? undefined : encode(key) })
  const colours = coloursFor(process.stdout, raw.color ?? true)
  const paint = verdict.state === 'PASS' ? colours.green : colours.red
  await printResult(
    raw.json ? `${JSON.stringify(verdict)}\n` : textOfLines([`${paint(verdict.state)}  ${verdict.why}`]),
  )
  return verdict.state === 'PASS' ? EXIT.ok : EXIT.failed
}

function runningNow() {
  return { championHash: CHAMPION_HASH, constantsHash: CONSTANTS_HASH, nowMs: Date.now() }
}

function claimOf(report: BacktestReport, causality: CausalityVerdict, limits: Limits): CertificateClaim {
  const { figures, figuresWithoutEdge, barSeconds } = report
  if (barSeconds === null || report.from === null || report.to === null) {
    throw new DataRefused('expected days with timestamps: a certificate names the length of a bar')
  }
  const issuedAtMs = Date.now()
  return {
    championHash: report.hashes.champion,
    constantsHash: CONSTANTS_HASH,
    dataHash: report.hashes.data,
    from: report.from,
    to: report.to,
    days: report.days.length,
    barSeconds,
    figures: {
      trades: figures.trades,
      roi: figures.roi,
      profitFactor: figures.profitFactor,
      maxDrawdown: figures.maxDrawdown,
      sharpe: figures.sharpe,
      roiWithoutEdge: figuresWithoutEdge.roi,
    },
    demands: demandsOn(report, causality, limits),
    engineVersion: packageVersion(),
    issuedAtMs,
    expiresAtMs: issuedAtMs + limits.validDays * DAY_MS,
  }
}

function demandsOn(report: BacktestReport, causality: CausalityVerdict, limits: Limits): CertificateClaim['demands'] {
  const { violations, probed, decisions } = causality
  const { figures, figuresWithoutEdge } = report
  const factor = figuresWithoutEdge.profitFactor
  const demands = [
    {
      demand: 'no decision that uses a later bar',
      found: `${violations.length === 0 ? 'none' : 'one'} among ${probed} probed of ${decisions}`,
      holds: violations.length === 0,
    },
    {
      demand: `at least ${limits.minTrades} trades`,
      found: `${figures.trades}`,
      holds: figures.trades >= limits.minTrades,
    },
    {
      demand: `a drawdown of at most ${percent(limits.maxDrawdown)}`,
      found: percent(figures.maxDrawdown),
      holds: figures.maxDrawdown <= limits.maxDrawdown,
    },
  ]
  if (limits.minProfitFactor === undefined) return demands
  // Null is wins without losses.
  const holds = factor === null || factor >= limits.minProfitFactor
  const demand = `a profit factor without the simulated edge of at least ${limits.minProfitFactor}`
  return [...demands, { demand, found: factor === null ? 'no losses' : factor.toFixed(3), holds }]
}

function text(certificate: Certificate, verdict: CertificateVerdict, out: string, raw: RawCertifyOptions): string {
  const colours = coloursFor(process.stdout, raw.color ?? true)
  const { figures } = certificate
  const paint = verdict.state === 'PASS' ? colours.green : colours.red
  const lines = [
    `${paint(colours.bold(verdict.state))}  champion ${certificate.championHash}, constants ${certificate.constantsHash}`,
    `  ${certificate.days} days ${certificate.from} to ${certificate.to}, bars of ${certificate.barSeconds} s`,
    `  ${figures.trades} trades, ROI ${percent(figures.roi)} (${percent(figures.roiWithoutEdge)} without the simulated edge), drawdown ${percent(figures.maxDrawdown)}`,
    ...certificate.demands.map(({ demand, found, holds }) => `  ${holds ? 'ok   ' : 'FAIL '} ${demand}: ${found}`),
    `  until ${new Date(certificate.expiresAtMs).toISOString().slice(0, 16).replace('T', ' ')} UTC, written to ${displayPath(out)}`,
  ]
  return textOfLines(lines)
}

function encode(key: string): Uint8Array {
  return new TextEncoder().encode(key)
}
