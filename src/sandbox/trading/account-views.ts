import { Exact } from '../../base/exact.js'
import type { MarginSums } from './account-sums.js'
import type { TradingFloor } from './trading-floor.js'

/** The account in the third version: without what has a route of its own by now, positions only where there is something. */
export function accountV3(trading: TradingFloor): object {
  const { total } = trading.sums
  return {
    ...totalsOf(trading, total),
    assets: [assetOf(trading, total)],
    positions: trading.sums.busy.map((symbol) => positionInAccount(trading, symbol)),
  }
}

/** The second: every symbol, with its settings. */
export function accountV2(trading: TradingFloor): object {
  const { floor, settings, sums, engine } = trading
  const { feeBurn, multiAssetsMode, withdrawalsAllowed } = floor.faults.plan
  const { total } = sums
  return {
    feeTier: 0,
    feeBurn,
    canTrade: true,
    canDeposit: true,
    canWithdraw: withdrawalsAllowed,
    updateTime: 0,
    multiAssetsMargin: multiAssetsMode,
    tradeGroupId: -1,
    ...totalsOf(trading, total),
    assets: [{ ...assetOf(trading, total), marginAvailable: true }],
    positions: floor.listing.symbols.map((symbol) => {
      const { positionInitial, openOrderInitial, maintenance, unrealised } = sums.of(symbol)
      return {
        symbol,
        initialMargin: booked(positionInitial.plus(openOrderInitial)),
        maintMargin: booked(maintenance),
        unrealizedProfit: booked(unrealised),
        positionInitialMargin: booked(positionInitial),
        openOrderInitialMargin: booked(openOrderInitial),
        leverage: String(settings.leverage(symbol)),
        isolated: settings.marginType(symbol) === 'ISOLATED',
        entryPrice: entryOf(trading, symbol),
        maxNotional: settings.maxNotionalUsd(symbol),
        bidNotional: '0',
        askNotional: '0',
        positionSide: sideOf(trading),
        positionAmt: engine.held(symbol).toFixed(),
        updateTime: trading.ledger.touchedAtMs(symbol),
      }
    }),
  }
}

export function balances(trading: TradingFloor): readonly object[] {
  const { walletUsd } = trading.engine.matcher.account
  const { total } = trading.sums
  const available = availableOf(trading, total)
  return [
    {
      accountAlias: ACCOUNT_ALIAS,
      asset: 'USDT',
      balance: booked(walletUsd),
      crossWalletBalance: booked(walletUsd),
      crossUnPnl: booked(total.unrealised),
      availableBalance: available,
      maxWithdrawAmount: available,
      marginAvailable: true,
      updateTime: trading.floor.clock.exchangeMs,
    },
  ]
}

/** Positions in the third version: those with something in them. */
export function positionsV3(trading: TradingFloor, symbolWanted: string | undefined): readonly object[] {
  return trading.sums.busy
    .filter((symbol) => (symbolWanted ?? symbol) === symbol)
    .map((symbol) => {
      const { positionInitial, openOrderInitial, maintenance } = trading.sums.of(symbol)
      return {
        ...positionOf(trading, symbol),
        marginAsset: 'USDT',
        initialMargin: booked(positionInitial.plus(openOrderInitial)),
        maintMargin: booked(maintenance),
        positionInitialMargin: booked(positionInitial),
        openOrderInitialMargin: booked(openOrderInitial),
        adl: 2,
        bidNotional: '0',
        askNotional: '0',
      }
    })
}

/** In the second: every symbol, with its settings, some of which are text. */
export function positionsV2(trading: TradingFloor, symbolWanted: string | undefined): readonly object[] {
  const { floor, settings } = trading
  return floor.listing.symbols
    .filter((symbol) => (symbolWanted ?? symbol) === symbol)
    .map((symbol) => ({
      ...positionOf(trading, symbol),
      marginType: settings.marginType(symbol) === 'ISOLATED' ? 'isolated' : 'cross',
      isAutoAddMargin: 'false',
      leverage: String(settings.leverage(symbol)),
      maxNotionalValue: settings.maxNotionalUsd(symbol),
    }))
}

const ACCOUNT_ALIAS = 'SgsR'

function positionOf(trading: TradingFloor, symbol: string): object {
  const { engine, ledger, sums } = trading
  const { account, margin } = engine.matcher
  const mark = engine.quote(symbol)?.mark
  const held = engine.held(symbol)
  const entry = entryOf(trading, symbol)
  const liquidation =
    mark === undefined || held.isZero() ? undefined : account.liquidationPrice(symbol, margin.valuation)
  return {
    symbol,
    positionSide: sideOf(trading),
    positionAmt: held.toFixed(),
    entryPrice: entry,
    breakEvenPrice: entry,
    markPrice: mark ?? '0.00000000',
    unRealizedProfit: booked(sums.of(symbol).unrealised),
    liquidationPrice: liquidation === undefined ? '0' : booked(liquidation),
    isolatedMargin: '0',
    notional: mark === undefined ? '0' : booked(held.times(mark)),
    isolatedWallet: '0',
    updateTime: ledger.touchedAtMs(symbol),
  }
}

function positionInAccount(trading: TradingFloor, symbol: string): object {
  const { engine, sums, ledger } = trading
  const { unrealised, positionInitial, openOrderInitial, maintenance } = sums.of(symbol)
  const mark = engine.quote(symbol)?.mark ?? '0'
  return {
    symbol,
    positionSide: sideOf(trading),
    positionAmt: engine.held(symbol).toFixed(),
    unrealizedProfit: booked(unrealised),
    isolatedMargin: '0.00000000',
    notional: booked(engine.held(symbol).times(mark)),
    isolatedWallet: '0',
    initialMargin: booked(positionInitial.plus(openOrderInitial)),
    maintMargin: booked(maintenance),
    updateTime: ledger.touchedAtMs(symbol),
  }
}

function totalsOf(trading: TradingFloor, total: MarginSums): object {
  const { walletUsd } = trading.engine.matcher.account
  const { unrealised, positionInitial, openOrderInitial, maintenance } = total
  const available = availableOf(trading, total)
  return {
    totalInitialMargin: booked(positionInitial.plus(openOrderInitial)),
    totalMaintMargin: booked(maintenance),
    totalWalletBalance: booked(walletUsd),
    totalUnrealizedProfit: booked(unrealised),
    totalMarginBalance: booked(walletUsd.plus(unrealised)),
    totalPositionInitialMargin: booked(positionInitial),
    totalOpenOrderInitialMargin: booked(openOrderInitial),
    totalCrossWalletBalance: booked(walletUsd),
    totalCrossUnPnl: booked(unrealised),
    availableBalance: available,
    maxWithdrawAmount: available,
  }
}

function assetOf(trading: TradingFloor, total: MarginSums): object {
  const { walletUsd } = trading.engine.matcher.account
  const { unrealised, positionInitial, openOrderInitial, maintenance } = total
  const available = availableOf(trading, total)
  return {
    asset: 'USDT',
    walletBalance: booked(walletUsd),
    unrealizedProfit: booked(unrealised),
    marginBalance: booked(walletUsd.plus(unrealised)),
    maintMargin: booked(maintenance),
    initialMargin: booked(positionInitial.plus(openOrderInitial)),
    positionInitialMargin: booked(positionInitial),
    openOrderInitialMargin: booked(openOrderInitial),
    crossWalletBalance: booked(walletUsd),
    crossUnPnl: booked(unrealised),
    availableBalance: available,
    maxWithdrawAmount: available,
    updateTime: trading.floor.clock.exchangeMs,
  }
}

function availableOf({ engine }: TradingFloor, { unrealised, positionInitial, openOrderInitial }: MarginSums): string {
  const free = engine.matcher.account.walletUsd.plus(unrealised).minus(positionInitial).minus(openOrderInitial)
  return Exact.max(0, free).toFixed(8, Exact.ROUND_DOWN)
}

function entryOf({ engine }: TradingFloor, symbol: string): string {
  const { quantity, costUsd } = engine.matcher.account.position(symbol)
  return quantity.isZero() ? '0.0' : costUsd.div(quantity).toSignificantDigits(16).toFixed()
}

/** In hedge mode, which is a mode of the account and not of this engine, everything is shown as LONG. */
function sideOf({ floor }: TradingFloor): string {
  return floor.faults.plan.hedgeMode ? 'LONG' : 'BOTH'
}

/** USD as the exchange writes it: eight places. */
function booked(usd: Exact): string {
  return usd.toFixed(8)
}
