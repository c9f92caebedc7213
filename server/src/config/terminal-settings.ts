/** How a terminal is spoken to. Read apart from the settings, because it holds for telling that the settings are wrong, too. */
export interface TerminalSettings {
  /** `NO_COLOR`, as https://no-color.org has it: set and not empty. */
  readonly noColor: boolean
  /** `DEBUG`: a bug of the program is told with its stack. */
  readonly showsStacks: boolean
}

export const terminalSettingsOf = (environment: Readonly<Record<string, string | undefined>>): TerminalSettings => ({
  noColor: (environment['NO_COLOR'] ?? '') !== '',
  showsStacks: (environment['DEBUG'] ?? '') !== '',
})
