import type { Command } from 'commander'
import { type App, withDatabase } from './app.ts'
import { print } from './output.ts'

export function register(program: Command, app: App): void {
  const { text } = app
  program
    .command('migrar')
    .description(text.command.migrar)
    .addHelpText('after', text.example.migrar)
    .action(() =>
      withDatabase(app, { migrated: false }, async ({ url }) => {
        const { bringUpToDate } = await import('./migrating.ts')
        await bringUpToDate(app, url)
        print(text.notice.migrated)
        return 0
      }),
    )
}
