import type { Command } from 'commander'
import type { App } from './app.ts'
import { registerNote } from './note.ts'

export function register(program: Command, app: App): void {
  const { option } = app.text
  registerNote<{ para: string; motivo: string }>(
    program,
    app,
    'encaminhar',
    (command) =>
      command
        .requiredOption('--para <quem>', option.forwardTo)
        .requiredOption('--motivo <motivo>', option.reason),
    (sql, ids, { para, motivo }) => sql`audit.encaminhar(${[...ids]}::bigint[], ${para}, ${motivo})`,
  )
}
