/** How long a task rests before its `retry`-th retry, from 1. Source: spec "Flow runs". */
export function retryPauseMs(retry: number): number {
  return 2 ** (retry - 1) * 1_000
}
