import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { DataRefused, InputMistake } from '../../base/mistakes.js'
import { CERTIFICATE_KEY_VARIABLE, readSecret } from '../../config/secret.js'
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
import { backtestOptions } from '../backtest/options.js'
import { backtestOf } from '../backtest/run.js'
import { prepareRun } from '../compose/backtest.js'
import { EXIT, type ExitCode } from '../shell/exit-codes.js'
import { percent } from '../shell/figures-text.js'
import { OptionCheck } from '../shell/option-check.js'
import { watchInterrupt } from '../shell/signals.js'
import { coloursFor, printResult } from '../shell/terminal.js'

export interface RawCertifyOptions {
  readonly out?: string
  readonly check?: string
  readonly keyFile?: string
  readonly validDays: string
  readonly from?: string
  readonly to?: string
  readonly factors?: string
  readonly cuts: string
  readonly minTrades: string
  readonly maxDrawdown: string
  readonly minProfitFactor?: string
  readonly json?: boolean
  readonly quiet?: boolean
  readonly color?: boolean
}

interface Limits {
  readonly validDays: number
  readonly cuts: number
  readonly minTrades: number
  readonly maxDrawdown: number
  readonly minProfitFactor: number | undefined
}

const DAY_MS = 86_400_000

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
  const limits = limitsOf(raw)
  const { from, to, factors, quiet } = raw
  const given = { from, to, factors, quiet, causalityCheck: String(limits.cuts) }
  const present = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  const options = backtestOptions(inputs, present)
  const watch = watchInterrupt()
  try {
    const { report, causality } = await backtestOf(prepareRun(options), options, watch)
    const certificate = issueCertificate(
      claimOf(report, causality?.verdict.violations.length ?? 0, limits),
      encode(key),
    )
    const out = raw.out ?? 'certificate.json'
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

async function check(path: string, key: string | undefined, raw: RawCertifyOptions): Promise<ExitCode> {
  let certificate: unknown
  try {
    certificate = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    const message = error instanceof SyntaxError ? `expected JSON: ${error.message}` : reason(error)
    throw new InputMistake({ place: displayPath(path), message })
  }
  const verdict = checkCertificate(certificate, { ...runningNow(), key: key === undefined ? undefined : encode(key) })
  const colours = coloursFor(process.stdout, raw.color ?? true)
  const paint = verdict.state === 'PASS' ? colours.green : colours.red
  await printResult(raw.json ? `${JSON.stringify(verdict)}\n` : `${paint(verdict.state)}  ${verdict.why}\n`)
  return verdict.state === 'PASS' ? EXIT.ok : EXIT.failed
}

function runningNow() {
  return { championHash: CHAMPION_HASH, constantsHash: CONSTANTS_HASH, nowMs: Date.now() }
}

function claimOf(report: BacktestReport, violations: number, limits: Limits): CertificateClaim {
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
    demands: demandsOn(report, violations, limits),
    engineVersion: packageVersion(),
    issuedAtMs,
    expiresAtMs: issuedAtMs + limits.validDays * DAY_MS,
  }
}

function demandsOn(report: BacktestReport, violations: number, limits: Limits): CertificateClaim['demands'] {
  const { figures, figuresWithoutEdge } = report
  const factor = figuresWithoutEdge.profitFactor
  const demands = [
    {
      demand: `no decision that uses a later bar, at ${limits.cuts} cuts`,
      found: violations === 0 ? 'none' : `${violations}`,
      holds: violations === 0,
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
  return `${lines.join('\n')}\n`
}

function limitsOf(raw: RawCertifyOptions): Limits {
  const check = new OptionCheck()
  const limits = {
    validDays: check.number('--valid-days', raw.validDays, { above: 0 }) ?? 30,
    cuts: check.number('--cuts', raw.cuts, { min: 1, max: 100_000, integer: true }) ?? 16,
    minTrades: check.number('--min-trades', raw.minTrades, { min: 0, integer: true }) ?? 1,
    maxDrawdown: check.number('--max-drawdown', raw.maxDrawdown, { min: 0, max: 1 }) ?? 0.3,
    minProfitFactor: check.number('--min-profit-factor', raw.minProfitFactor, { min: 0 }),
  }
  check.done()
  return limits
}

function encode(key: string): Uint8Array {
  return new TextEncoder().encode(key)
}
