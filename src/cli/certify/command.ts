import type { Command } from 'commander'
import { EXIT_CODES_HELP } from '../shell/exit-codes.js'
import type { RawCertifyOptions } from './run.js'

const EXAMPLES = `Examples:
  openssl rand -hex 32 > certificate.key && chmod 600 certificate.key
  dolphin certify days/ --key-file certificate.key --out certificate.json
  dolphin certify --check certificate.json --key-file certificate.key`

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
    .option('--out <file>', 'the certificate (default: certificate.json)')
    .option('--check <file>', 'say what a certificate is worth now, instead of making one')
    .option('--key-file <file>', 'signing key, readable by its owner only (default: $DOLPHIN_CERTIFICATE_KEY)')
    .option('--valid-days <n>', 'days until it expires', '30')
    .option('--from <date>', 'first day, YYYY-MM-DD')
    .option('--to <date>', 'last day, YYYY-MM-DD')
    .option('--factors <csv>', 'daily breaker factors, as for backtest')
    .option('--cuts <n>', 'bars at which causality is proven', '16')
    .option('--min-trades <n>', 'least number of trades', '1')
    .option('--max-drawdown <share>', 'largest drawdown, 0 to 1', '0.3')
    .option('--min-profit-factor <x>', 'least profit factor without the simulated edge (default: none is demanded)')
    .option('--json', 'the certificate, or the verdict, as JSON on stdout')
    .option('--quiet', 'no progress and no notices')
    .option('--no-color', 'no colours (NO_COLOR does the same)')
    .addHelpText('after', `\n${EXAMPLES}\n\n${EXIT_CODES_HELP}`)
  command.action(async (inputs: string[], raw: RawCertifyOptions) => {
    const { certify } = await import('./run.js')
    process.exitCode = await certify(inputs, { ...command.optsWithGlobals(), ...raw })
  })
}
