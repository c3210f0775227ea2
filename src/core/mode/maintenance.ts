import type { OperatorCommand } from '../../ports/sides.js'

/** Whether somebody works on the system after a command. Kills and resumes leave it as it is. */
export function isMaintainedAfter(isMaintained: boolean, { command }: Pick<OperatorCommand, 'command'>): boolean {
  return command === 'maintenance-on' || (isMaintained && command !== 'maintenance-off')
}
