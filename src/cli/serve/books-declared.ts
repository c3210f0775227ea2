import type { Command } from 'commander'
import { EXIT_CODES_HELP } from '../shell/exit-codes.js'
import { declareOptions } from '../shell/option-table.js'
import { BOOKS_OPTIONS, type BooksServed, ORDER_BOOK_OPTIONS, type RawBooksOptions } from './books-table.js'

/** Gives a command that keeps books its options, and what it does. */
export function declareBooksOptions(service: BooksServed, command: Command): void {
  const { exchangeAt } = BOOKS_OPTIONS
  declareOptions(command, '', BOOKS_OPTIONS, [['exchangeAt', { help: `${exchangeAt.help} (default: production)` }]])
  if (service === 'order-book')
    declareOptions(command, '', ORDER_BOOK_OPTIONS, [
      ...(['symbols', 'top', 'universe'] as const),
      ['barSeconds', { help: 'from bar to bar: 60, or a part of it (default: 5, which the champion is of)' }],
      ...(['books', 'file'] as const),
    ])
  declareOptions(command, '', BOOKS_OPTIONS, ['record'])
  if (service === 'order-book') declareOptions(command, '', ORDER_BOOK_OPTIONS, ['recordTrades'])
  declareOptions(command, '', BOOKS_OPTIONS, ['grid'])
  command
    .option('--config <yaml>', 'configuration of the services (default: the packaged configs/services.yml)')
    .option('--json', 'its health and figures when it ends, as JSON on stdout')
    .option('--quiet', 'no notices; warnings are always told')
    .option('--no-color', 'no colours (NO_COLOR does the same)')
    .helpOption('-h, --help', 'show help')
    .addHelpText('after', `\n${EXAMPLES[service]}\n\n${EXIT_CODES_HELP}`)
    .action(async (raw: RawBooksOptions) => {
      const [{ booksOptions }, { runBooks }] = await Promise.all([
        import('./books-options.js'),
        import('./run-books.js'),
      ])
      process.exitCode = await runBooks(await booksOptions(service, raw))
    })
}

const EXAMPLES: Readonly<Record<BooksServed, string>> = {
  'order-book': `Examples:
  dolphin serve order-book --grid hazelcast://127.0.0.1:5701 --record books/
  dolphin serve order-book --symbols BTCUSDT,ETHUSDT --record books/          without a grid: the file and the recording
  dolphin serve order-book --exchange-at http://127.0.0.1:9050 --symbols BTCUSDT --bar-seconds 1`,
  'order-book-universe': `Examples:
  dolphin serve order-book-universe --grid hazelcast://127.0.0.1:5701 --record universe/
  dolphin serve order-book-universe --record universe/                        without a grid: the recording alone`,
}
