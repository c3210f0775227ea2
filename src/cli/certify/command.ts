import type { Command } from 'commander'
import { EXIT_CODES_HELP } from '../shell/exit-codes.js'
import { declareOptions } from '../shell/option-table.js'
import { CERTIFY_OPTIONS, type RawCertifyOptions } from './options.js'

/** `dolphin certify`. */
export function register(parent: Command): void {
  const command = parent
    .command('certify')
    .summary('sign what the champion did on given days')
    .description(
      'Run the frozen champion over days, demand that its decisions are causal and its figures within limits, and sign\n' +
        'the result with hashes of parameters, constants and data, and an expiry. STAGING and LIVE open nothing without it.',
    )
    .argument('[days...]', 'folders or files of days')
  declareOptions(command, '', CERTIFY_OPTIONS, [
    'out',
    'check',
    'keyFile',
    'validDays',
    'from',
    'to',
    'assets',
    'rename',
    ['factors', { help: 'daily breaker factors, as for backtest' }],
    'cuts',
    'minTrades',
    'maxDrawdown',
    'minProfitFactor',
    'json',
    'quiet',
    'color',
  ])
  command
    .addHelpText('after', `\n${EXAMPLES}\n\n${EXIT_CODES_HELP}`)
    .action(async (inputs: string[], raw: RawCertifyOptions) => {
      const { certify } = await import('./run.js')
      process.exitCode = await certify(inputs, { ...command.optsWithGlobals(), ...raw })
    })
}

const EXAMPLES = `Examples:
  openssl rand -hex 32 > certificate.key && chmod 600 certificate.key
  dolphin certify days/ --key-file certificate.key --out certificate.json
  dolphin certify --check certificate.json --key-file certificate.key`
