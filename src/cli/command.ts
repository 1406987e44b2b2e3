import type { Command } from 'commander'
import type { Catalogue } from '../i18n/index.ts'
import type { App } from './app.ts'

/** A command by its name, under which the catalogue has its purpose and examples. */
export const command = (
  program: Command,
  { text }: App,
  name: keyof Catalogue['command'] & keyof Catalogue['example'],
): Command =>
  program
    .command(name)
    .helpCommand(false)
    .description(text.command[name])
    .addHelpText('after', text.example[name])
