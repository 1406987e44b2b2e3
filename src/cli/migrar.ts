import type { Command } from 'commander'
import { migrate } from '../migrate.ts'
import { type App, withDatabase } from './app.ts'
import { print } from './output.ts'
import { withStep } from './progress.ts'

export function register(program: Command, app: App): void {
  const { text } = app
  program
    .command('migrar')
    .description(text.command.migrar)
    .addHelpText('after', text.example.migrar)
    .action(() =>
      withDatabase(app, { migrated: false }, async ({ url }) => {
        await withStep(text.notice.migrating, app.format, () => migrate(url))
        print(text.notice.migrated)
        return 0
      }),
    )
}
