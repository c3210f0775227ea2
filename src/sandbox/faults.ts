/** Everything that can be made to go wrong at a sandbox, for whoever lists it. Evidence: `docs/sandbox.md`. */
export const FAULTS = {
  answerDelayMs: knob(0, 'ms', 'each answer of the REST API comes so much later'),
  lateAnswerShare: knob(0, 'share', 'of the answers to orders and cancels that come later by lateAnswerMs'),
  lateAnswerMs: knob(30_000, 'ms', 'how late is late'),
  unknownDoneShare: knob(0, 'share', 'of the orders that are executed and answered with "execution unknown"'),
  unknownLostShare: knob(0, 'share', 'of the orders that are lost and answered with "execution unknown"'),
  unavailableShare: knob(0, 'share', 'of the requests answered 503 "Service Unavailable.", not done'),
  internalErrorShare: knob(0, 'share', 'of the requests answered 503 "Internal error; unable to process", not done'),
  throttledShare: knob(0, 'share', 'of the requests answered -1008, those that reduce and cancels excepted'),
  htmlShare: knob(0, 'share', 'of the requests answered 200 with a page of HTML, not done'),
  expiredInEngineShare: knob(0, 'share', 'of the orders that the engine finds too old (-5028)'),
  clockOffsetMs: knob(0, 'ms', 'the clock of the exchange goes ahead by so much; negative: behind'),
  userEventDelayMs: knob(0, 'ms', 'each event of the user stream comes so much later'),
  userEventDropShare: knob(0, 'share', 'of the events of the user stream that never come'),
  userEventRepeatShare: knob(0, 'share', 'of the events of the user stream that come twice'),
  eventsFirstShare: knob(0, 'share', 'of the requests whose events come before their answer'),
  algoLagMs: knob(0, 'ms', 'an algo order is not found for so long after it was accepted (-2013, -2011)'),
  algoTriggerMs: knob(0, 'ms', 'from TRIGGERING to TRIGGERED'),
  algoStuck: knob(
    false,
    'yes/no',
    'an algo order that is triggered stays TRIGGERING, without an order in the engine, until this is taken back',
  ),
  countdownTakesAlgos: knob(false, 'yes/no', 'countdownCancelAll cancels algo orders too'),
  postOnlyExpires: knob(false, 'yes/no', 'a GTX order that would take is accepted and expires, not refused (-5022)'),
  marketRemainderExpires: knob(
    false,
    'yes/no',
    'what a MARKET order does not find at once expires, instead of taking from the next quotes',
  ),
  hedgeMode: knob(false, 'yes/no', 'the account has two positions a symbol'),
  multiAssetsMode: knob(false, 'yes/no', 'the account is margined in several assets'),
  feeBurn: knob(false, 'yes/no', 'fees are paid in BNB'),
  withdrawalsAllowed: knob(false, 'yes/no', 'the keys may withdraw'),
  silentSockets: knob(false, 'yes/no', 'no stream says anything, pings included'),
  ban: act('ms', 'the address is banned (418)'),
  limit: act('ms', 'the address has used up its weight (429) for so long'),
  maintenance: act('ms', 'every request is answered with a page of HTML, 503'),
  cutSockets: act('none', 'every socket is cut, without a close frame'),
  stealListenKey: act('none', 'another client of the account deletes its listen key'),
  expireListenKey: act('none', 'the listen key has its age'),
  haltSymbol: act('symbol', 'trading of the symbol is halted'),
  resumeSymbol: act('symbol', 'trading of the symbol goes on'),
  listSymbol: act('symbol', 'a symbol that was held back is listed, and trades'),
  settleSymbol: act('symbol', 'the symbol is settled: positions are closed, orders cancelled'),
  coarserTick: act('symbol', "the symbol's tick becomes ten times as large"),
  marginCall: act('none', 'a margin call is told'),
  liquidate: act('none', 'the account is liquidated at the prices of the moment'),
  deleverage: act('symbol', 'the position is closed against others (ADL)'),
  foreignOrder: act('symbol', 'another client of the account buys the smallest quantity at market'),
  changeLeverage: act('symbol', 'another client of the account sets the leverage to 5'),
  depthSnapshotLagMs: knob(0, 'ms', 'a snapshot of a book is so much older than what its stream has told'),
  depthGapShare: knob(0, 'share', 'of the changes of a book that its stream leaves out: the next `pu` does not fit'),
  tradeGapShare: knob(0, 'share', 'of the trades that their stream leaves out: the next number does not follow'),
  tradeRepeatShare: knob(0, 'share', 'of the trades that their stream brings twice'),
  cascade: act('symbol', 'positions of others are liquidated in three waves of twelve seconds, 45 seconds apart'),
  silentStreamShare: knob(
    0,
    'share',
    'of the subscriptions to market data that are acknowledged and never say anything',
  ),
  silentMarketSockets: knob(false, 'yes/no', 'the streams of market data say nothing, those of the account do'),
  archiveChecksumWrong: knob(false, 'yes/no', 'the checksums beside the files of the archive are those of others'),
  archiveTruncated: knob(false, 'yes/no', 'the files of the archive end in the middle'),
  archiveDelayMs: knob(0, 'ms', 'each answer of the archive comes so much later'),
  factorStaleMs: knob(0, 'ms', 'Deribit and alternative.me tell values that are so much older, with their stamps'),
  factorAbsurdShare: knob(0, 'share', 'of their answers with values that no market has'),
  factorHtmlShare: knob(0, 'share', 'of their answers that are a page of HTML, with 200'),
  factorCutShare: knob(0, 'share', 'of their answers that end in the middle'),
  factorWrongTypeShare: knob(0, 'share', 'of their answers with objects and lists where values stand'),
  factorHangShare: knob(0, 'share', 'of the requests to them that are never answered'),
  factorLimit: act('ms', 'both refuse every request (429, Retry-After) for so long'),
  volatilitySpike: act('none', "Deribit's implied volatility rises by a fifth"),
} as const

export type FaultName = keyof typeof FAULTS
export type KnobName = { [Name in FaultName]: (typeof FAULTS)[Name] extends Knob<unknown> ? Name : never }[FaultName]
export type ActName = Exclude<FaultName, KnobName>

/** A state of things, until it is set otherwise. */
export interface Knob<Value> {
  readonly kind: 'knob'
  readonly normal: Value
  readonly unit: 'ms' | 'share' | 'yes/no'
  readonly what: string
}

/** Something that happens once, or for a while. */
export interface Act {
  readonly kind: 'act'
  readonly takes: 'none' | 'ms' | 'symbol'
  readonly what: string
}

function knob<const Unit extends Knob<unknown>['unit']>(
  normal: Unit extends 'yes/no' ? boolean : number,
  unit: Unit,
  what: string,
): Knob<Unit extends 'yes/no' ? boolean : number> {
  return { kind: 'knob', normal, unit, what }
}

function act(takes: Act['takes'], what: string): Act {
  return { kind: 'act', takes, what }
}
