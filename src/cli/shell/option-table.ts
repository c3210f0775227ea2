import type { Command } from 'commander'
import type { OptionCheck } from './option-check.js'

/** An option of a command line, declared once: its help, its raw type and its check follow from the row. */
export interface OptionRow<Raw = never, Parsed = unknown> {
  readonly flag: `--${string}`
  /** As help shows it: `<file>` needs a value, `[file]` may have one, `<days...>` takes several; absent: a switch. */
  readonly value?: string | undefined
  /** May be given more than once. */
  readonly repeats?: boolean | undefined
  readonly help: string
  /** In force where nothing is typed; help shows it. */
  readonly standard?: string | undefined
  /** What the command goes on with; undefined, and a problem in `check`, where what was typed is not that. */
  parse(typed: Raw, check: OptionCheck, flag: `--${string}`): Parsed | undefined
}

/** Rows by the name that commander gives their values: `--vol-gate` is `volGate`. */
export type OptionTable = Readonly<Record<string, OptionRow>>

/** What commander hands over for a value. */
export type RawOf<Value, Repeats> = Repeats extends true
  ? readonly string[]
  : Value extends `<${string}...>`
    ? readonly string[]
    : Value extends `<${string}>`
      ? string
      : Value extends `[${string}]`
        ? string | true
        : boolean

/** The options of a table as they were typed. */
export type RawOptions<Table> = {
  readonly [Name in keyof Table]?: Table[Name] extends OptionRow<infer Raw, unknown> ? Raw : never
}

/** The same, parsed. */
export type ParsedOptions<Table> = {
  readonly [Name in keyof Table]?: Table[Name] extends { parse(...args: never): infer Parsed }
    ? Exclude<Parsed, undefined>
    : never
}

/** What a row's `value` and `repeats` make of its type. */
export type TypedRow<Value, Repeats, Parsed> = OptionRow<RawOf<Value, Repeats>, Parsed> & {
  readonly value?: Value
  readonly repeats?: Repeats
}

/** A row whose `parse` is given what its `value` makes of what was typed. */
export function option<
  const Value extends string | undefined = undefined,
  const Repeats extends boolean | undefined = undefined,
  Parsed = never,
>(row: TypedRow<Value, Repeats, Parsed>): OptionRow<RawOf<Value, Repeats>, Parsed> {
  return row
}

/** Parses what was typed, row by row in the order of the table. What is absent was not typed, or is in `check`. */
export function parseOptions<Table extends OptionTable>(
  table: Table,
  raw: RawOptions<Table>,
  check: OptionCheck,
): ParsedOptions<Table> {
  const parsed: Record<string, unknown> = {}
  for (const [name, row] of Object.entries(table)) {
    const typed = raw[name]
    const value = typed === undefined ? undefined : row.parse(typed as never, check, row.flag)
    if (value !== undefined) parsed[name] = value
  }
  return parsed as ParsedOptions<Table>
}

/** For rows that go on with what was typed. */
export function asTyped<Value>(typed: Value): Value {
  return typed
}

/** For rows that name a file. An empty word is a shell variable that is not set. */
export function aFile(typed: string, check: OptionCheck, flag: string): string | undefined {
  return typed === '' ? check.wrong(flag, 'expected a file, found ""') : typed
}

/** A row as a command shows it: by its name, or with a help or a standard of the command's own (null: none). */
export type ShownOption<Table> =
  | (keyof Table & string)
  | readonly [name: keyof Table & string, shown: { readonly help?: string; readonly standard?: string | null }]

/** Gives a command rows of a table, below a heading unless that is empty, in the order in which they are named. */
export function declareOptions<Table extends OptionTable>(
  command: Command,
  heading: string,
  table: Table,
  rows: readonly ShownOption<Table>[],
): void {
  if (heading !== '') command.optionsGroup(heading)
  for (const shown of rows) {
    const [name, own] = typeof shown === 'string' ? [shown, {}] : shown
    const { flag, value, repeats, help, standard } = table[name]!
    const flags = value === undefined ? flag : `${flag} ${value}`
    const inForce = own.standard === null ? undefined : (own.standard ?? standard)
    if (repeats === true) command.option(flags, own.help ?? help, collect)
    else command.option(flags, own.help ?? help, inForce)
  }
}

function collect(value: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), value]
}
