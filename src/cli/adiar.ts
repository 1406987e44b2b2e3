import type { Command } from 'commander'
import type { App } from './app.ts'
import { createParsers } from './arguments.ts'
import { registerNote } from './note.ts'

export function register(program: Command, app: App): void {
  const { option } = app.text
  registerNote<{ ate?: string; motivo: string }>(
    program,
    app,
    'adiar',
    (command) =>
      command
        .option('--ate <dia>', option.postponeUntil, createParsers(app.text).day)
        .requiredOption('--motivo <motivo>', option.reason),
    (sql, ids, { ate = null, motivo }) =>
      sql`audit.adiar(${[...ids]}::bigint[], ${ate}::text::date, ${motivo})`,
  )
}
