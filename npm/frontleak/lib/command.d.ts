/** A program, what comes before the arguments of frontleak, and what to tell people about the choice. */
export interface Command {
  file: string;
  before: string[];
  note: string;
}
export const version: string;
/** Name of the optional package for this platform. */
export const platform: string;
/** What to install where there is no command. */
export const advice: string;
export function findCommand(options?: { onPath?: boolean }): Promise<Command | undefined>;
