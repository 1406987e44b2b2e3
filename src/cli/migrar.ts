import type { Command } from 'commander'
import type { App } from './app.ts'
import { command } from './command.ts'
import { CommandError } from './errors.ts'
import { plain } from './format.ts'
import { print, tell } from './output.ts'
import { withDatabase } from './with-database.ts'

export function register(program: Command, app: App): void {
  const { text } = app
  command(program, app, 'migrar').action(() =>
    withDatabase(app, { migrated: false, own: true }, async ({ url }) => {
      const [{ bringUpToDate }, { MigrationRefused }] = await Promise.all([
        import('./migrating.ts'),
        import('../db/migrate.ts'),
      ])
      try {
        await bringUpToDate(app, url)
      } catch (error) {
        if (!(error instanceof MigrationRefused)) throw error
        for (const { item, detalhe, sugestao } of error.obstacles) {
          tell(`✖ ${plain(item)}: ${plain(detalhe)}\n    ${plain(sugestao)}`)
        }
        throw new CommandError(text.error.migrationRefused)
      }
      print(text.notice.migrated)
      return 0
    }),
  )
}
