import type { Command } from 'commander'
import type { App } from './app.ts'
import { registerNote } from './note.ts'

export function register(program: Command, app: App): void {
  registerNote<{ comentario: string }>(
    program,
    app,
    'comentar',
    (command) => command.requiredOption('--comentario <texto>', app.text.option.comment),
    (sql, ids, { comentario }) => sql`audit.comentar(${[...ids]}::bigint[], ${comentario})`,
  )
}
