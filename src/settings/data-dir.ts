import { homedir } from 'node:os'
import { join } from 'node:path'

/** The default directory of the embedded server's data. */
export function defaultDataDir(env: NodeJS.ProcessEnv): string {
  const { LOCALAPPDATA, XDG_DATA_HOME } = env
  const isRoot = process.getuid?.() === 0
  switch (process.platform) {
    case 'win32':
      return join(LOCALAPPDATA || join(homedir(), 'AppData', 'Local'), 'conferente')
    case 'darwin':
      return join(isRoot ? '/' : homedir(), 'Library', 'Application Support', 'conferente')
    default:
      // Root's home is closed to the unprivileged user that must run PostgreSQL.
      return isRoot
        ? '/var/lib/conferente'
        : join(XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'conferente')
  }
}
